#include "frontend/samples/Labels.h"
#include "tests/frontend/samples/Media.h"

using namespace burin;
using namespace burin::samples;

static Labels parsed(std::string_view text) {
  CollectingSink sink;
  const auto labels = parseLabels(text, "labels.txt", sink);
  INFO(text);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(labels);
  return *labels;
}

TEST_CASE("a number a line") {
  CHECK(parsed("0\n12\n3").values == std::vector<int64_t>{0, 12, 3});
  CHECK(parsed("\r\n 7 \r\n\n\t8\r\n").values == std::vector<int64_t>{7, 8});
  CHECK(parsed("label\n4\n").values == std::vector<int64_t>{4});
  CHECK(parsed("4\n").files.empty());
}

TEST_CASE("files and their numbers") {
  const Labels labels = parsed("file,label\ncat/1.png,0\n\"my dog.png\", 1\nx;2\ny\t3\nz 4\n");
  CHECK(labels.values == std::vector<int64_t>{0, 1, 2, 3, 4});
  CHECK(labels.files == std::vector<std::string>{"cat/1.png", "my dog.png", "x", "y", "z"});
}

TEST_CASE("texts without labels") {
  for (const char *text : {"", "\n\n", "label\n", "1\n-1\n", "1\ncat\n", "1\n2.5\n", "1\n99999999999999999999\n",
                           "a,1\n2\n", "1\na,2\n"}) {
    INFO(text);
    CollectingSink sink;
    CHECK_FALSE(parseLabels(text, "labels.txt", sink));
    CHECK(onlyCode(sink) == "BRN1017");
  }
}

TEST_CASE("arrays of labels") {
  CollectingSink sink;
  HostTensor column = tensorOf<uint8_t>(DType::UInt8, {3, 200});
  column.shape = {2, 1};
  CHECK(labelsOf(column, "y.npy", sink) == std::vector<int64_t>{3, 200});
  CHECK(labelsOf(tensorOf<float>(DType::Float32, {2}), "y.npy", sink) == std::vector<int64_t>{2});
  CHECK(sink.diagnostics.empty());
  column.shape = {2, 2};
  column.data.resize(4);
  for (const HostTensor &tensor :
       {column, tensorOf<int32_t>(DType::Int32, {1, -1}), tensorOf<float>(DType::Float32, {0.5f}),
        tensorOf<float>(DType::Float32, {std::numeric_limits<float>::quiet_NaN()})}) {
    CollectingSink problems;
    CHECK_FALSE(labelsOf(tensor, "y.npy", problems));
    CHECK(onlyCode(problems) == "BRN1017");
  }
}

TEST_CASE("label files") {
  TemporaryFolder folder;
  CollectingSink sink;
  const auto array = readLabels(folder.write("y.npy", npyFile("|u1", "(3,)", {"\x05\x00\x07", 3})), sink);
  REQUIRE(array);
  CHECK(array->values == std::vector<int64_t>{5, 0, 7});
  CHECK(sink.diagnostics.empty());
  CHECK_FALSE(readLabels(folder.path / "none.txt", sink));
  CHECK(onlyCode(sink) == "BRN1001");
}
