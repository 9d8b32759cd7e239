#include "tests/frontend/tensors/Support.h"

#include <complex>

using namespace burin;

static onnx::TensorProto proto(DType dtype, std::vector<int64_t> dims) {
  onnx::TensorProto tensor;
  tensor.set_name("w");
  tensor.set_data_type(toOnnx(dtype));
  tensor.mutable_dims()->Add(dims.begin(), dims.end());
  return tensor;
}

static HostTensor convert(const onnx::TensorProto &tensor) {
  CollectingSink sink;
  std::optional<HostTensor> host = fromTensorProto(tensor, sink);
  if (!host)
    FAIL(sink.diagnostics.at(0).message);
  CHECK(sink.diagnostics.empty());
  CHECK(host->name == "w");
  return *host;
}

static std::string codeFor(const onnx::TensorProto &tensor) {
  CollectingSink sink;
  CHECK_FALSE(fromTensorProto(tensor, sink));
  return onlyCode(sink);
}

TEST_CASE("element counts") {
  CHECK(elementCount({}) == 1);
  CHECK(elementCount(std::vector<int64_t>{2, 3, 4}) == 24);
  CHECK(elementCount(std::vector<int64_t>{2, 0, 4}) == 0);
  CHECK_FALSE(elementCount(std::vector<int64_t>{2, -1}));
  CHECK_FALSE(elementCount(std::vector<int64_t>(17, 1)));
  CHECK(elementCount(std::vector<int64_t>(16, 1)) == 1);
  CHECK(elementCount(std::vector<int64_t>{int64_t{1} << 55}) == int64_t{1} << 55);
  CHECK_FALSE(elementCount(std::vector<int64_t>{(int64_t{1} << 55) + 1}));
  CHECK_FALSE(elementCount(std::vector<int64_t>{int64_t{1} << 32, int64_t{1} << 32}));
  CHECK_FALSE(elementCount(std::vector<int64_t>{0, INT64_MAX, INT64_MAX})); // its strides would overflow
}

TEST_CASE("types as text") {
  CHECK(typeText(DType::Float32, std::vector<int64_t>{1, 40, 64}) == "float32[1,40,64]");
  CHECK(typeText(DType::UInt4, {}) == "uint4[]");
}

TEST_CASE("typed fields") {
  onnx::TensorProto floats = proto(DType::Float32, {2});
  floats.add_float_data(1.5f);
  floats.add_float_data(-2);
  CHECK(valuesOf<float>(convert(floats)) == std::vector<float>{1.5f, -2});

  onnx::TensorProto doubles = proto(DType::Float64, {1});
  doubles.add_double_data(0.1);
  CHECK(valuesOf<double>(convert(doubles)) == std::vector<double>{0.1});

  onnx::TensorProto longs = proto(DType::Int64, {});
  longs.add_int64_data(INT64_MIN);
  CHECK(valuesOf<int64_t>(convert(longs)) == std::vector<int64_t>{INT64_MIN});

  onnx::TensorProto unsigneds = proto(DType::UInt32, {1});
  unsigneds.add_uint64_data(UINT32_MAX);
  CHECK(valuesOf<uint32_t>(convert(unsigneds)) == std::vector<uint32_t>{UINT32_MAX});

  onnx::TensorProto unsignedLongs = proto(DType::UInt64, {1});
  unsignedLongs.add_uint64_data(UINT64_MAX);
  CHECK(valuesOf<uint64_t>(convert(unsignedLongs)) == std::vector<uint64_t>{UINT64_MAX});

  onnx::TensorProto complexes = proto(DType::Complex64, {1});
  complexes.add_float_data(1);
  complexes.add_float_data(2);
  CHECK(valuesOf<std::complex<float>>(convert(complexes)) == std::vector<std::complex<float>>{{1, 2}});

  onnx::TensorProto wideComplexes = proto(DType::Complex128, {1});
  wideComplexes.add_double_data(1);
  wideComplexes.add_double_data(2);
  CHECK(valuesOf<std::complex<double>>(convert(wideComplexes)) == std::vector<std::complex<double>>{{1, 2}});
}

/// A tensor with these values in int32_data.
static onnx::TensorProto int32s(DType dtype, std::vector<int32_t> values, int64_t elements) {
  onnx::TensorProto tensor = proto(dtype, {elements});
  tensor.mutable_int32_data()->Add(values.begin(), values.end());
  return tensor;
}

TEST_CASE("int32_data holds small types") {
  CHECK(valuesOf<int32_t>(convert(int32s(DType::Int32, {INT32_MIN, 7}, 2))) == std::vector<int32_t>{INT32_MIN, 7});
  CHECK(valuesOf<int16_t>(convert(int32s(DType::Int16, {-32768, 65535}, 2))) == std::vector<int16_t>{-32768, -1});
  CHECK(valuesOf<uint16_t>(convert(int32s(DType::UInt16, {65535, -1}, 2))) == std::vector<uint16_t>{65535, 65535});
  CHECK(valuesOf<int8_t>(convert(int32s(DType::Int8, {-128, 255}, 2))) == std::vector<int8_t>{-128, -1});
  CHECK(valuesOf<uint8_t>(convert(int32s(DType::UInt8, {0, 255}, 2))) == std::vector<uint8_t>{0, 255});
  CHECK(valuesOf<uint8_t>(convert(int32s(DType::Bool, {0, 1}, 2))) == std::vector<uint8_t>{0, 1});
  CHECK(valuesOf<uint16_t>(convert(int32s(DType::Float16, {0x3C00}, 1))) == std::vector<uint16_t>{0x3C00});
  CHECK(valuesOf<uint16_t>(convert(int32s(DType::BFloat16, {0xFF80}, 1))) == std::vector<uint16_t>{0xFF80});
  CHECK(valuesOf<uint8_t>(convert(int32s(DType::Float8E4M3FN, {0x7E}, 1))) == std::vector<uint8_t>{0x7E});
  // Two int4 in a byte, the first in the low half.
  CHECK(valuesOf<int8_t>(convert(int32s(DType::Int4, {0x81, 0x07}, 3))) == std::vector<int8_t>{1, -8, 7});
}

TEST_CASE("values outside the element type") {
  CHECK(codeFor(int32s(DType::UInt8, {256}, 1)) == "BRN1117");
  CHECK(codeFor(int32s(DType::Int8, {-129}, 1)) == "BRN1117");
  CHECK(codeFor(int32s(DType::Float16, {0x10000}, 1)) == "BRN1117");
  CHECK(codeFor(int32s(DType::Int4, {0x100}, 2)) == "BRN1117");
  onnx::TensorProto wide = proto(DType::UInt32, {1});
  wide.add_uint64_data(uint64_t{1} << 32);
  CHECK(codeFor(wide) == "BRN1117");
}

static onnx::TensorProto raw(DType dtype, std::string_view bytes, std::vector<int64_t> dims) {
  onnx::TensorProto tensor = proto(dtype, std::move(dims));
  tensor.set_raw_data(std::string(bytes));
  return tensor;
}

TEST_CASE("raw data") {
  CHECK(valuesOf<float>(convert(raw(DType::Float32, {"\0\0\x80\x3f", 4}, {1, 1}))) == std::vector<float>{1});
  CHECK(valuesOf<int16_t>(convert(raw(DType::Int16, "\x01\x02\xff\xff", {2}))) == std::vector<int16_t>{0x0201, -1});
  CHECK(valuesOf<uint8_t>(convert(raw(DType::Bool, {"\0\x01\x80", 3}, {3}))) == std::vector<uint8_t>{0, 1, 1});
  CHECK(convert(raw(DType::Float32, "", {0, 5})).data.empty());
  CHECK(convert(proto(DType::Float32, {0})).data.empty());
}

TEST_CASE("packed types take one byte per element") {
  CHECK(valuesOf<int8_t>(convert(raw(DType::Int4, "\x21\xF8", {4}))) == std::vector<int8_t>{1, 2, -8, -1});
  CHECK(valuesOf<int8_t>(convert(raw(DType::Int4, "\x21\x07", {3}))) == std::vector<int8_t>{1, 2, 7});
  CHECK(valuesOf<uint8_t>(convert(raw(DType::UInt4, "\x21\xF8", {4}))) == std::vector<uint8_t>{1, 2, 8, 15});
  CHECK(valuesOf<uint8_t>(convert(raw(DType::Float4E2M1, "\xA7", {2}))) == std::vector<uint8_t>{7, 10});
  CHECK(valuesOf<uint8_t>(convert(raw(DType::UInt2, "\xE4\x02", {5}))) == std::vector<uint8_t>{0, 1, 2, 3, 2});
  CHECK(valuesOf<int8_t>(convert(raw(DType::Int2, "\xE4", {4}))) == std::vector<int8_t>{0, 1, -2, -1});
}

TEST_CASE("data of the wrong length or in the wrong field") {
  CHECK(codeFor(raw(DType::Float32, "abc", {1})) == "BRN1105");
  CHECK(codeFor(raw(DType::Float32, "abcde", {1})) == "BRN1105");
  CHECK(codeFor(raw(DType::Int4, "ab", {2})) == "BRN1105");
  CHECK(codeFor(proto(DType::Float32, {1})) == "BRN1105");
  CHECK(codeFor(raw(DType::Float32, "abcd", {0})) == "BRN1105");
  CHECK(codeFor(int32s(DType::Float32, {1}, 1)) == "BRN1105");
  CHECK(codeFor(int32s(DType::Int32, {1, 2}, 1)) == "BRN1105");
  onnx::TensorProto both = raw(DType::Float32, "abcd", {1});
  both.add_float_data(1);
  CHECK(codeFor(both) == "BRN1105");
  onnx::TensorProto segment = raw(DType::Float32, "abcd", {1});
  segment.mutable_segment()->set_begin(0);
  CHECK(codeFor(segment) == "BRN1105");
}

TEST_CASE("types and dims that can't be") {
  onnx::TensorProto none = raw(DType::Float32, "abcd", {1});
  for (int32_t type : {0, 27, -1, INT32_MAX}) {
    none.set_data_type(type);
    CHECK(codeFor(none) == "BRN1108");
  }
  CHECK(codeFor(proto(DType::Float32, {-1})) == "BRN1106");
  CHECK(codeFor(proto(DType::Float32, {INT64_MAX, 2})) == "BRN1106");
  CHECK(codeFor(proto(DType::Float32, std::vector<int64_t>(100'000, 1))) == "BRN1106");
}

TEST_CASE("strings and external data have no values here") {
  onnx::TensorProto strings = proto(DType::String, {1});
  strings.add_string_data("a");
  CollectingSink sink;
  CHECK(checkTensor(strings, sink));
  CHECK(sink.diagnostics.empty());
  CHECK(codeFor(strings) == "BRN1013");
  CHECK(codeFor(raw(DType::String, "a", {1})) == "BRN1105");

  onnx::TensorProto external = proto(DType::Float32, {1});
  external.set_data_location(onnx::TensorProto::EXTERNAL);
  CHECK(codeFor(external) == "BRN1006");
}

TEST_CASE("a tensor is packed again") {
  HostTensor tensor = tensorOf<int8_t>(DType::Int4, {1, -8, 7});
  onnx::TensorProto packed = toTensorProto(tensor);
  CHECK(packed.raw_data() == "\x81\x07");
  CHECK(packed.data_type() == 22);
  CHECK(packed.dims_size() == 1);
  CHECK(packed.dims(0) == 3);
  CHECK(packed.name() == "t");
  CHECK(toTensorProto(tensorOf<int8_t>(DType::Int2, {0, 1, -2, -1, 1})).raw_data() == "\xE4\x01");
  CHECK(toTensorProto(tensorOf<float>(DType::Float32, {1})).raw_data() == std::string("\0\0\x80\x3f", 4));
}
