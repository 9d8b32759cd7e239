// Weights in files beside the model.
#include "tests/frontend/reader/Models.h"
#include "tests/frontend/tensors/Support.h"

using namespace burin;

namespace {
/// smallModel whose w = {1, 2, 3, 4} lies in "weights/w.bin" after 8 other bytes.
struct External {
  TemporaryFolder folder;
  onnx::ModelProto model = smallModel();
  onnx::TensorProto &tensor = *model.mutable_graph()->mutable_initializer(0);

  External() {
    std::filesystem::create_directory(folder.path / "weights");
    float values[] = {1, 2, 3, 4};
    folder.write("weights/w.bin", "........" + std::string(reinterpret_cast<const char *>(values), sizeof values));
    tensor.clear_float_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    set("location", "weights/w.bin");
    set("offset", "8");
    set("length", "16");
  }

  void set(const char *key, const char *value) {
    for (onnx::StringStringEntryProto &entry : *tensor.mutable_external_data())
      if (entry.key() == key)
        return entry.set_value(value);
    onnx::StringStringEntryProto &entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }

  std::optional<Model> read(CollectingSink &sink) {
    return readModel(folder.write("model.onnx", model.SerializeAsString()), sink);
  }

  std::string code() {
    CollectingSink sink;
    CHECK_FALSE(read(sink));
    return onlyCode(sink);
  }
};
} // namespace

TEST_CASE_METHOD(External, "external data are loaded") {
  CollectingSink sink;
  std::optional<Model> read = this->read(sink);
  REQUIRE(read);
  const onnx::TensorProto &loaded = read->graph().initializer(0);
  CHECK(loaded.raw_data().size() == 16);
  CHECK(loaded.raw_data().substr(4, 4) == std::string("\0\0\0\x40", 4)); // 2.0f
  CHECK(loaded.external_data_size() == 0);
  CHECK(loaded.data_location() == onnx::TensorProto::DEFAULT);
}

TEST_CASE_METHOD(External, "offset and length may be absent") {
  tensor.mutable_external_data()->RemoveLast();
  CollectingSink sink;
  CHECK(read(sink));
  tensor.mutable_external_data()->RemoveLast();
  std::optional<Model> fromStart = read(sink);
  REQUIRE(fromStart);
  CHECK(fromStart->graph().initializer(0).raw_data().starts_with("........"));
}

TEST_CASE_METHOD(External, "missing files") {
  set("location", "weights/none.bin");
  CHECK(code() == "BRN1006");
  set("location", "weights");
  CHECK(code() == "BRN1006");
}

TEST_CASE_METHOD(External, "files outside the model's folder") {
  for (const char *location : {"", "/etc/passwd", "../w.bin", "weights/../../w.bin", "weights/../weights/w.bin"}) {
    INFO(location);
    set("location", location);
    CHECK(code() == "BRN1007");
  }
  tensor.mutable_external_data(0)->set_value(std::string("weights/w.bin\0x", 15));
  CHECK(code() == "BRN1007");
}

TEST_CASE_METHOD(External, "symbolic links may stay inside, but not lead out") {
  TemporaryFolder elsewhere;
  elsewhere.write("w.bin", std::string(24, 'x'));
  std::filesystem::create_symlink("weights/w.bin", folder.path / "inside");
  std::filesystem::create_symlink(elsewhere.path / "w.bin", folder.path / "outside");
  std::filesystem::create_directory_symlink(elsewhere.path, folder.path / "linked");
  set("location", "inside");
  CollectingSink sink;
  CHECK(read(sink));
  set("location", "outside");
  CHECK(code() == "BRN1007");
  set("location", "linked/w.bin");
  CHECK(code() == "BRN1007");
}

TEST_CASE_METHOD(External, "offsets and lengths that don't fit") {
  set("offset", "9");
  CHECK(code() == "BRN1008");
  set("offset", "9223372036854775807");
  CHECK(code() == "BRN1008");
  for (const char *number : {"-1", "x", "", "8 ", "99999999999999999999"}) {
    INFO(number);
    set("offset", number);
    CHECK(code() == "BRN1008");
  }
  set("offset", "8");
  set("length", "12");
  CHECK(code() == "BRN1008");
}

TEST_CASE_METHOD(External, "a tensor larger than protobuf could hold") {
  tensor.set_dims(0, int64_t{1} << 30);
  set("length", "4294967296");
  CHECK(code() == "BRN1005");
}

TEST_CASE_METHOD(External, "external tensors are checked like others") {
  tensor.set_data_type(0);
  CHECK(code() == "BRN1108");
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.set_dims(0, -4);
  CHECK(code() == "BRN1106");
}
