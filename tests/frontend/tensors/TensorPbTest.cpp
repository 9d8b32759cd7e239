#include "frontend/tensors/TensorFiles.h"
#include "tests/frontend/tensors/Support.h"

#include <onnx/onnx-data_pb.h>

using namespace burin;

// onnx.numpy_helper.from_array(numpy.array([1, 2], dtype=numpy.int16), "x").SerializeToString()
static constexpr std::string_view int16Pair("\x08\x02\x10\x05\x42\x01x\x4a\x04\x01\x00\x02\x00", 13);

static std::string codeFor(std::string_view bytes) {
  TemporaryFolder folder;
  CollectingSink sink;
  CHECK_FALSE(readTensorPb(folder.write("input_0.pb", bytes), sink));
  CHECK(sink.diagnostics.at(0).model == "input_0.pb");
  return onlyCode(sink);
}

TEST_CASE("a tensor file of onnx.numpy_helper") {
  TemporaryFolder folder;
  CollectingSink sink;
  std::optional<HostTensor> tensor = readTensorPb(folder.write("input_0.pb", int16Pair), sink);
  REQUIRE(tensor);
  CHECK(tensor->dtype == DType::Int16);
  CHECK(tensor->shape == std::vector<int64_t>{2});
  CHECK(tensor->name == "x");
  CHECK(valuesOf<int16_t>(*tensor) == std::vector<int16_t>{1, 2});

  REQUIRE(writeTensorPb(folder.path / "copy.pb", *tensor, sink));
  std::ifstream copy(folder.path / "copy.pb", std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(copy), {}) == int16Pair);
  CHECK(sink.diagnostics.empty());
}

TEST_CASE("files that hold no tensor") {
  CHECK(codeFor("") == "BRN1009");
  CHECK(codeFor("version https://git-lfs.github.com/spec/v1\n") == "BRN1009");
  CHECK(codeFor(int16Pair.substr(0, 10)) == "BRN1009");
  CHECK(codeFor(int16Pair.substr(0, 7)) == "BRN1105"); // whole fields, but no data
}

TEST_CASE("sequences and optionals are recognised") {
  onnx::SequenceProto sequence;
  sequence.set_name("s");
  sequence.set_elem_type(onnx::SequenceProto::TENSOR);
  CHECK(codeFor(sequence.SerializeAsString()) == "BRN1011");
  sequence.add_tensor_values()->ParseFromString(std::string(int16Pair));
  CHECK(codeFor(sequence.SerializeAsString()) == "BRN1011");
  sequence.clear_name();
  CHECK(codeFor(sequence.SerializeAsString()) == "BRN1011");

  onnx::OptionalProto optional;
  optional.set_name("optional_input");
  optional.set_elem_type(onnx::OptionalProto::UNDEFINED);
  CHECK(codeFor(optional.SerializeAsString()) == "BRN1011");
  optional.set_elem_type(onnx::OptionalProto::TENSOR);
  optional.mutable_tensor_value()->ParseFromString(std::string(int16Pair));
  CHECK(codeFor(optional.SerializeAsString()) == "BRN1011");
}

TEST_CASE("a test data set is read in numeric order") {
  TemporaryFolder folder;
  for (int i = 0; i < 11; ++i) {
    std::string bytes(int16Pair);
    bytes[9] = static_cast<char>(i);
    folder.write("input_" + std::to_string(i) + ".pb", bytes);
  }
  folder.write("output_0.pb", int16Pair);
  folder.write("input_0.pb.orig", "x");
  folder.write("input_.pb", "x");
  folder.write("input_a.pb", "x");
  folder.write("README", "x");
  CollectingSink sink;
  std::optional<TestDataSet> set = readTestDataSet(folder.path, sink);
  REQUIRE(set);
  REQUIRE(set->inputs.size() == 11);
  for (int i = 0; i < 11; ++i)
    CHECK(valuesOf<int16_t>(set->inputs[static_cast<size_t>(i)])[0] == i);
  CHECK(set->outputs.size() == 1);
}

TEST_CASE("a test data set with a gap or a bad file") {
  TemporaryFolder folder;
  folder.write("input_0.pb", int16Pair);
  folder.write("input_2.pb", int16Pair);
  CollectingSink gap, bad, absent;
  CHECK_FALSE(readTestDataSet(folder.path, gap));
  CHECK(onlyCode(gap) == "BRN1012");
  folder.write("input_1.pb", "garbage");
  CHECK_FALSE(readTestDataSet(folder.path, bad));
  CHECK(onlyCode(bad) == "BRN1009");
  CHECK_FALSE(readTestDataSet(folder.path / "none", absent));
  CHECK(onlyCode(absent) == "BRN1012");
}
