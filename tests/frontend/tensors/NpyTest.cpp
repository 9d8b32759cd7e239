#include "frontend/tensors/TensorFiles.h"
#include "tests/frontend/tensors/Support.h"

#include <complex>

using namespace burin;

namespace {
struct NumpyFile {
  std::string_view name, bytes;
};
} // namespace

static constexpr NumpyFile files[] = {
#include "tests/frontend/tensors/NumpyFiles.inc"
};

static std::string_view numpyFile(std::string_view name) {
  for (const NumpyFile &file : files)
    if (file.name == name)
      return file.bytes;
  FAIL("no numpy file " << name);
  return {};
}

static HostTensor read(std::string_view bytes) {
  CollectingSink sink;
  std::optional<HostTensor> tensor = readNpyBytes(bytes, "dir/x.npy", sink);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(tensor);
  CHECK(tensor->name == "x");
  return *tensor;
}

static std::string messageFor(std::string_view bytes) {
  CollectingSink sink;
  CHECK_FALSE(readNpyBytes(bytes, "x.npy", sink));
  CHECK(onlyCode(sink) == "BRN1010");
  return sink.diagnostics[0].message;
}

TEST_CASE("numpy's files of every version and order") {
  for (const char *name : {"float32 2x3", "float32 2x3 fortran", "version 2", "version 3"}) {
    INFO(name);
    HostTensor tensor = read(numpyFile(name));
    CHECK(tensor.dtype == DType::Float32);
    CHECK(tensor.shape == std::vector<int64_t>{2, 3});
    CHECK(valuesOf<float>(tensor) == std::vector<float>{1, 2, 3, 4, 5, 6});
  }
  HostTensor cube = read(numpyFile("int32 2x3x2 fortran"));
  CHECK(cube.shape == std::vector<int64_t>{2, 3, 2});
  CHECK(valuesOf<int32_t>(cube) == std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});

  HostTensor scalar = read(numpyFile("scalar"));
  CHECK(scalar.shape.empty());
  CHECK(valuesOf<double>(scalar) == std::vector<double>{-2.5});

  HostTensor empty = read(numpyFile("empty"));
  CHECK(empty.shape == std::vector<int64_t>{0, 3});
  CHECK(empty.data.empty());
}

template <typename T> static void checkType(const char *name, DType dtype, std::vector<T> expected) {
  INFO(name);
  HostTensor tensor = read(numpyFile(name));
  CHECK(tensor.dtype == dtype);
  CHECK(tensor.shape == std::vector<int64_t>{static_cast<int64_t>(expected.size())});
  CHECK(valuesOf<T>(tensor) == expected);
}

TEST_CASE("numpy's element types of both byte orders") {
  checkType<uint8_t>("bool", DType::Bool, {1, 0, 1});
  checkType<int8_t>("i1", DType::Int8, {1, 100});
  checkType<uint8_t>("u1", DType::UInt8, {1, 100});
  checkType<int16_t>("<i2", DType::Int16, {1, 100});
  checkType<uint16_t>("<u2", DType::UInt16, {1, 100});
  checkType<int32_t>("<i4", DType::Int32, {1, 100});
  checkType<uint32_t>("<u4", DType::UInt32, {1, 100});
  checkType<int64_t>("<i8", DType::Int64, {1, 100});
  checkType<uint64_t>("<u8", DType::UInt64, {1, 100});
  checkType<uint16_t>("<f2", DType::Float16, {0x3C00, 0x5640});
  checkType<float>("<f4", DType::Float32, {1, 100});
  checkType<double>("<f8", DType::Float64, {1, 100});
  checkType<std::complex<float>>("<c8", DType::Complex64, {1, 100});
  checkType<std::complex<double>>("<c16", DType::Complex128, {1, 100});
  checkType<int16_t>(">i2", DType::Int16, {1, 100});
  checkType<uint32_t>(">u4", DType::UInt32, {1, 100});
  checkType<int64_t>(">i8", DType::Int64, {1, 100});
  checkType<uint16_t>(">f2", DType::Float16, {0x3C00, 0x5640});
  checkType<float>(">f4", DType::Float32, {1, 100});
  checkType<double>(">f8", DType::Float64, {1, 100});
  checkType<std::complex<float>>(">c8", DType::Complex64, {1, 100});
}

TEST_CASE("types that are no tensor elements") {
  CHECK(messageFor(numpyFile("string")) == "the element type \"<U2\" is not one of ONNX's numeric types");
  CHECK(messageFor(numpyFile("date")) == "the element type \"<M8[D]\" is not one of ONNX's numeric types");
  CHECK(messageFor(numpyFile("longdouble")) == "the element type \"<f16\" is not one of ONNX's numeric types");
  CHECK(messageFor(numpyFile("object")) == "the element type \"|O\" is not one of ONNX's numeric types");
  CHECK(messageFor(numpyFile("structure")) == "the elements are structures");
}

/// A version-1 file with this header and `dataBytes` zero bytes.
static std::string withHeader(std::string_view header, size_t dataBytes) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  bytes += header;
  bytes.append(dataBytes, '\0');
  return bytes;
}

TEST_CASE("headers in other but legal forms") {
  CHECK(read(withHeader("{\"shape\":(2,),'descr':'<i2','fortran_order':False}", 4)).shape == std::vector<int64_t>{2});
  CHECK(read(withHeader("{'descr': '|i1', 'fortran_order': False, 'shape': (2L, 2L), }\n", 4)).shape ==
        std::vector<int64_t>{2, 2});
  HostTensor bools = read(withHeader("{'descr': '|b1', 'fortran_order': False, 'shape': (0,)}", 0));
  CHECK(bools.dtype == DType::Bool);
}

TEST_CASE("a bool that is neither 0 nor 1 becomes 1") {
  std::string bytes = withHeader("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", 3);
  bytes[bytes.size() - 1] = '\x80';
  CHECK(valuesOf<uint8_t>(read(bytes)) == std::vector<uint8_t>{0, 0, 1});
}

TEST_CASE("bad headers") {
  CHECK(messageFor("") == "the file is not a .npy file");
  CHECK(messageFor("PK\x03\x04") == "the file is not a .npy file");
  CHECK(messageFor("\x93NUMPY") == "the file has an unknown version of the .npy format");
  CHECK(messageFor(std::string("\x93NUMPY\x04\x00\x10\x00", 10)) ==
        "the file has an unknown version of the .npy format");
  CHECK(messageFor(std::string("\x93NUMPY\x01\x00\x76", 9)) == "the file ends within its header");
  CHECK(messageFor(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{", 13)) == "the file ends within its header");
  CHECK(messageFor(withHeader("[]", 0)) == "the header is not a dictionary");
  CHECK(messageFor(withHeader("{'descr': '<f4'", 0)) == "the header is not a dictionary");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4)) ==
        "the header goes on after its dictionary");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'shape': (1,)}", 4)) ==
        "the header lacks 'descr', 'fortran_order' or 'shape'");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'descr': '<f4', }", 4)) == "a key occurs twice");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'order': 1}", 4)) == "the header has an unknown key");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': 0}", 4)) ==
        "'fortran_order' is neither True nor False");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': 4}", 4)) ==
        "'shape' is not a tuple of integers");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4)) ==
        "'shape' is not a tuple of integers");
  CHECK(messageFor(withHeader("{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}", 4)) ==
        "the element type \"f4\" is not one of ONNX's numeric types");
}

TEST_CASE("shapes and lengths that don't fit") {
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 4)) ==
        "the shape is not one that a tensor can have");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 0)) ==
        "the shape is not one that a tensor can have");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 7)) ==
        "the data have 7 bytes instead of 8");
  CHECK(messageFor(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 9)) ==
        "the data have 9 bytes instead of 8");
}

TEST_CASE("every prefix of a file is refused") {
  std::string_view whole = numpyFile("float32 2x3");
  for (size_t length = 0; length < whole.size(); ++length) {
    CollectingSink sink;
    CHECK_FALSE(readNpyBytes(whole.substr(0, length), "x.npy", sink));
    CHECK(sink.errorCount() == 1);
  }
}

static std::string contents(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("files are written as numpy writes them") {
  TemporaryFolder folder;
  CollectingSink sink;
  for (const char *name : {"float32 2x3", "scalar", "empty", "bool", "i1", "<u2", "<i8", "<c16"}) {
    INFO(name);
    HostTensor tensor = read(numpyFile(name));
    REQUIRE(writeNpy(folder.path / "out.npy", tensor, sink));
    CHECK(contents(folder.path / "out.npy") == numpyFile(name));
  }
}

TEST_CASE("what cannot be written is reported") {
  TemporaryFolder folder;
  CollectingSink types, places;
  CHECK_FALSE(writeNpy(folder.path / "x.npy", tensorOf<uint16_t>(DType::BFloat16, {0}), types));
  CHECK(onlyCode(types) == "BRN1010");
  CHECK_FALSE(writeNpy(folder.path / "none" / "x.npy", tensorOf<float>(DType::Float32, {0}), places));
  CHECK(onlyCode(places) == "BRN1601");
}

TEST_CASE("an unreadable file is reported") {
  TemporaryFolder folder;
  CollectingSink absent, directory;
  CHECK_FALSE(readNpy(folder.path / "none.npy", absent));
  CHECK(onlyCode(absent) == "BRN1001");
  CHECK_FALSE(readNpy(folder.path, directory));
  CHECK(onlyCode(directory) == "BRN1001");
}
