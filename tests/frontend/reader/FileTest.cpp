// Whole files: what parses, what doesn't, and what is said about it.
#include "frontend/onnx/reader/Wire.h"
#include "tests/frontend/reader/Models.h"
#include "tests/frontend/tensors/Support.h"

using namespace burin;

TEST_CASE("a model is read, hashed and described") {
  TemporaryFolder folder;
  std::filesystem::path path = folder.write("kws.onnx", smallModel().SerializeAsString());
  CollectingSink sink;
  std::optional<Model> model = readModel(path, sink);
  REQUIRE(model);
  CHECK(sink.diagnostics.empty());
  CHECK(model->name == "kws.onnx");
  CHECK(model->path == path);
  CHECK(model->opset() == 17);
  CHECK(model->opset("ai.onnx") == 17);
  CHECK_FALSE(model->opset("ai.onnx.ml"));
  CHECK(nodeNames(model->graph()) == std::vector<std::string>{"add", "relu"});
  REQUIRE(model->runtimeInputs().size() == 1);
  CHECK(model->runtimeInputs()[0]->name() == "x");
}

TEST_CASE("the hash is that of sha256sum") {
  CollectingSink sink;
  std::optional<Model> model = readModel(BURIN_SOURCE_DIR "/examples/digits/int8/model.onnx", sink);
  REQUIRE(model);
  CHECK(model->sha256 == "f638a4d8ccecf385fd3725b598fa77de5cefce45248ea076d894601dc2f09a5f");
}

TEST_CASE("a model with something of everything") {
  Model model = readGood(richModel());
  CHECK(model.functions.size() == 2);
  CHECK(model.functionFor(model.graph().node(5)) == &model.functions.at({"local", "Outer", ""}));
  CHECK(model.functionFor(model.graph().node(0)) == nullptr);
}

TEST_CASE("unreadable files") {
  TemporaryFolder folder;
  CollectingSink absent, directory, device;
  CHECK_FALSE(readModel(folder.path / "none.onnx", absent));
  CHECK(onlyCode(absent) == "BRN1001");
  CHECK(absent.diagnostics[0].model == "none.onnx");
  CHECK_FALSE(readModel(folder.path, directory));
  CHECK(onlyCode(directory) == "BRN1001");
  CHECK_FALSE(readModel("/dev/zero", device));
  CHECK(onlyCode(device) == "BRN1001");
}

TEST_CASE("a file beyond protobuf's limit is not even read") {
  TemporaryFolder folder;
  std::filesystem::path path = folder.write("huge.onnx", "");
  std::filesystem::resize_file(path, uint64_t{1} << 31); // sparse: it takes no disk
  CollectingSink sink;
  CHECK_FALSE(readModel(path, sink));
  CHECK(onlyCode(sink) == "BRN1005");
}

static std::string foundIn(std::string_view bytes) {
  Diagnostic diagnostic = readBadBytes(bytes);
  CHECK(diagnostic.code == "BRN1002");
  REQUIRE(diagnostic.facts.size() == 1);
  return diagnostic.facts[0];
}

TEST_CASE("files of other kinds are named") {
  CHECK(foundIn("") == "found  an empty file, 0 bytes");
  CHECK(foundIn("version https://git-lfs.github.com/spec/v1\noid sha256:0\n") == "found  a Git LFS pointer, 56 bytes");
  CHECK(foundIn("<!DOCTYPE html><html></html>") == "found  a web page, 28 bytes");
  CHECK(foundIn({"\x1c\0\0\0TFL3\0\0", 10}) == "found  a TensorFlow Lite model, 10 bytes");
  CHECK(foundIn({"\x1c\0\0\0ORTM\0\0", 10}) == "found  an ONNX Runtime model, 10 bytes");
  CHECK(foundIn("PK\x03\x04......") == "found  a zip archive, perhaps of PyTorch or Keras, 10 bytes");
  CHECK(foundIn("\x93NUMPY\x01") == "found  a numpy array, 7 bytes");
  CHECK(foundIn("\x08\x02\x10\x05\x42\x01x\x4a\x02\x01\x02") == "found  a single tensor, 11 bytes");
  CHECK(foundIn("some text") == "found  damaged or other data, 9 bytes");
  CHECK(foundIn(std::string(1000, '\0')) == "found  damaged or other data, 1000 bytes");
}

TEST_CASE("a truncated model is called truncated") {
  std::string whole = richModel().SerializeAsString();
  size_t truncated = 0;
  for (size_t length = 1; length < whole.size(); ++length) {
    CollectingSink sink;
    CHECK_FALSE(readModelFromBytes(std::string_view(whole).substr(0, length), "test.onnx", sink));
    REQUIRE(sink.errorCount() > 0);
    truncated += sink.diagnostics[0].code == "BRN1003";
  }
  // Some prefixes end between two fields: they are models that lack the rest.
  CHECK(truncated > whole.size() * 9 / 10);
  Diagnostic diagnostic = readBadBytes(std::string_view(whole).substr(0, whole.size() / 2));
  CHECK(diagnostic.facts.at(0).starts_with("graph  "));
}

TEST_CASE("damage inside a model is found") {
  std::string bytes = smallModel().SerializeAsString();
  bytes += '\0'; // no field has the number 0
  CHECK(readBadBytes(bytes).code == "BRN1002");
}

TEST_CASE("a model without a graph") {
  onnx::ModelProto model = smallModel();
  model.clear_graph();
  CHECK(readBad(model).code == "BRN1004");
}

TEST_CASE("the memory that a parsed model takes is estimated") {
  const google::protobuf::Descriptor &type = *onnx::ModelProto::descriptor();
  onnx::ModelProto model = smallModel();
  model.mutable_graph()->mutable_initializer(0)->set_raw_data(std::string(1'000'000, 'x'));
  uint64_t weights = parsedBytes(model.SerializeAsString(), type, UINT64_MAX);
  CHECK(weights > 1'000'000);
  CHECK(weights < 1'010'000);
  for (int i = 0; i < 1'000; ++i)
    model.mutable_graph()->add_node();
  std::string bytes = model.SerializeAsString();
  uint64_t nodes = parsedBytes(bytes, type, UINT64_MAX) - weights;
  CHECK(nodes > 1'000 * sizeof(onnx::NodeProto));
  CHECK(nodes < 3'000 * sizeof(onnx::NodeProto));
  CHECK(parsedBytes(bytes, type, 100) < 1'000); // nothing beyond the limit is even looked at
  CHECK(parsedBytes(std::string(100, '\xff'), type, UINT64_MAX) < 1'000);
}

TEST_CASE("a file that would fill the memory is not parsed") {
  constexpr size_t count = 33'000'000; // of empty nodes, each two bytes
  std::string nodes(2 * count, '\0');
  for (size_t i = 0; i < count; ++i)
    nodes[2 * i] = '\x0a';
  std::string bytes = "\x08\x08\x3a";
  for (size_t rest = nodes.size(); rest > 0; rest >>= 7)
    bytes += static_cast<char>((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
  Diagnostic diagnostic = readBadBytes(bytes + nodes);
  CHECK(diagnostic.code == "BRN1005");
  CHECK(diagnostic.message == "the model would need too much memory");
}

TEST_CASE("training information is dropped") {
  onnx::ModelProto model = smallModel();
  addNode(*model.add_training_info()->mutable_algorithm(), "Gradient", {"nowhere"}, {"g"});
  CHECK(readGood(model).proto.training_info_size() == 0);
}

TEST_CASE("only the first errors are reported") {
  onnx::ModelProto model = smallModel();
  for (int i = 0; i < 100; ++i)
    addNode(*model.mutable_graph(), "Relu", {"nothing"}, {""});
  CollectingSink sink;
  CHECK_FALSE(readModelFromBytes(model.SerializeAsString(), "test.onnx", sink));
  CHECK(sink.diagnostics.size() == 10);
}
