#include "frontend/samples/SampleSet.h"
#include "frontend/tensors/TensorFiles.h"
#include "tests/frontend/samples/Media.h"

#include <cmath>

using namespace burin;
using Shape = std::vector<int64_t>;
namespace fs = std::filesystem;

static std::unique_ptr<SampleSet> opened(const SampleOptions &options, const std::vector<SampleInput> &inputs,
                                         CollectingSink &sink) {
  auto set = SampleSet::open(options, inputs, sink);
  for (const Diagnostic &d : sink.diagnostics)
    INFO(format(d));
  CHECK(sink.errorCount() == 0);
  REQUIRE(set);
  return set;
}

static HostTensor inputOf(const SampleSet &set, size_t index, size_t input = 0) {
  CollectingSink sink;
  auto sample = set.sample(index, sink);
  REQUIRE(sink.diagnostics.empty());
  REQUIRE(sample);
  return sample->inputs[input];
}

static void refused(const SampleOptions &options, const std::vector<SampleInput> &inputs, const std::string &code) {
  CollectingSink sink;
  CHECK_FALSE(SampleSet::open(options, inputs, sink));
  CHECK(onlyCode(sink) == code);
}

static SampleInput floats(Shape shape, std::string name = "in") { return {std::move(name), DType::Float32, shape}; }

TEST_CASE("an array of samples, converted and spread evenly") {
  TemporaryFolder folder;
  SampleOptions o{.data =
                      folder.write("set.npy", npyFile("|u1", "(7, 2)", {"\0\1\2\3\4\5\6\7\10\11\12\13\14\15", 14}))};
  CollectingSink sink;
  auto set = opened(o, {floats({1, 2})}, sink);
  CHECK(set->size() == 7);
  CHECK(inputOf(*set, 3).shape == Shape{1, 2});
  CHECK(inputOf(*set, 3).name == "in");
  CHECK(valuesOf<float>(inputOf(*set, 3)) == std::vector<float>{6, 7});
  CHECK(set->origin(3) == "set.npy[3]");
  CHECK_FALSE(set->hasLabels());
  o.count = 3; // of 7: numbers 0, 2 and 4
  set = opened(o, {floats({1, 2})}, sink);
  CHECK(set->size() == 3);
  CHECK(set->origin(1) == "set.npy[2]");
  CHECK(set->origin(2) == "set.npy[4]");
  o.count = 100;
  CHECK(opened(o, {floats({1, 2})}, sink)->size() == 7);
  o.count = 0;
  o.scale = "1/2";
  o.mean = "1,2";
  set = opened(o, {floats({1, 2})}, sink);
  CHECK(valuesOf<float>(inputOf(*set, 3)) == std::vector<float>{2, 1.5f});
  refused(o, {floats({1, 3})}, "BRN1802");
}

TEST_CASE("archives: one input, several, labels") {
  TemporaryFolder folder;
  const SampleOptions o{.data = folder.write("set.npz", mediaFile("stored.npz"))};
  CollectingSink sink;
  const auto set = opened(o, {floats({anySize, 2, 3})}, sink);
  CHECK(set->size() == 4);
  CHECK(set->inputs()[0].shape == Shape{1, 2, 3});
  REQUIRE(set->hasLabels());
  CHECK(set->label(0) == 3);
  CHECK(set->sample(3, sink)->label == 2);
  const SampleInput y{"y", DType::Int64, Shape{1}};
  const auto both = opened(o, {y, floats({1, 6}, "x")}, sink);
  CHECK(valuesOf<int64_t>(inputOf(*both, 1, 0)) == std::vector<int64_t>{1});
  CHECK(valuesOf<float>(inputOf(*both, 1, 1)) == std::vector<float>{6, 7, 8, 9, 10, 11});
  CHECK_FALSE(both->hasLabels());
  refused(o, {y, floats({1, 6}, "other")}, "BRN1802");
}

TEST_CASE("folders of arrays") {
  TemporaryFolder folder;
  folder.write("s10.npy", npyFile("<i2", "(2,)", pcm16({5, 6})));
  folder.write("s9.npy", npyFile("<i2", "(2, 2)", pcm16({1, 2, 3, 4})));
  folder.write("notes.txt", "about them");
  CollectingSink sink;
  const auto set = opened({.data = folder.path}, {floats({1, 2})}, sink);
  REQUIRE(set->size() == 3);
  CHECK(valuesOf<float>(inputOf(*set, 1)) == std::vector<float>{3, 4});
  CHECK(valuesOf<float>(inputOf(*set, 2)) == std::vector<float>{5, 6});
  CHECK(set->origin(2) == "s10.npy");

  TemporaryFolder named;
  named.write("a_b.npy", npyFile("<i2", "(3, 1)", pcm16({1, 2, 3})));
  named.write("c.npy", npyFile("<i2", "(3, 1)", pcm16({4, 5, 6})));
  const auto pairs = opened({.data = named.path}, {floats({1, 1}, "c"), floats({1, 1}, "a/b")}, sink);
  REQUIRE(pairs->size() == 3);
  CHECK(valuesOf<float>(inputOf(*pairs, 2, 0)) == std::vector<float>{6});
  CHECK(valuesOf<float>(inputOf(*pairs, 2, 1)) == std::vector<float>{3});
  named.write("c.npy", npyFile("<i2", "(2, 1)", pcm16({4, 5})));
  refused({.data = named.path}, {floats({1, 1}, "c"), floats({1, 1}, "a/b")}, "BRN1802");
  refused({.data = named.path}, {floats({1, 1}, "c"), floats({1, 1}, "d")}, "BRN1802");
}

TEST_CASE("test sets are taken as they are") {
  TemporaryFolder folder;
  CollectingSink sink;
  for (int k : {0, 1, 10, 2}) {
    const fs::path sub = folder.path / ("test_data_set_" + std::to_string(k));
    fs::create_directory(sub);
    REQUIRE(writeTensorPb(sub / "input_0.pb", tensorOf<int32_t>(DType::Int32, {k}), sink));
    REQUIRE(writeTensorPb(sub / "output_0.pb", tensorOf<int32_t>(DType::Int32, {-k}), sink));
  }
  const auto set = opened({.data = folder.path}, {floats({1, 1})}, sink);
  REQUIRE(set->size() == 4);
  CHECK(inputOf(*set, 3).dtype == DType::Int32);
  CHECK(valuesOf<int32_t>(inputOf(*set, 3)) == std::vector<int32_t>{10});
  CHECK(valuesOf<int32_t>(set->sample(2, sink)->outputs[0]) == std::vector<int32_t>{-2});
  CHECK(opened({.data = folder.path / "test_data_set_2"}, {floats({1, 1})}, sink)->size() == 1);
  refused({.data = folder.path}, {floats({1, 1}), floats({1})}, "BRN1802");
  SampleOptions scaled{.data = folder.path};
  scaled.scale = "2";
  refused(scaled, {floats({1, 1})}, "BRN1512");
  fs::remove(folder.path / "test_data_set_2" / "input_0.pb");
  writeTensorPb(folder.path / "test_data_set_2" / "input_1.pb", tensorOf<int32_t>(DType::Int32, {1}), sink);
  refused({.data = folder.path / "test_data_set_2"}, {floats({1, 1})}, "BRN1012");
}

TEST_CASE("images: resized to the input, channels first, folders as classes") {
  TemporaryFolder folder;
  for (const char *name : {"b", "a", "empty"})
    fs::create_directory(folder.path / name);
  folder.write("b/1.png", mediaFile("colours.png"));
  folder.write("a/2.bmp", mediaFile("colours.bmp"));
  folder.write("a/10.jpg", mediaFile("halves.jpg"));
  SampleOptions o{.data = folder.path};
  CollectingSink sink;
  const auto set = opened(o, {floats({1, 3, 2, 3})}, sink);
  REQUIRE(set->size() == 3);
  CHECK(set->classes() == std::vector<std::string>{"a", "b"});
  CHECK(set->label(1) == 0);
  CHECK(set->label(2) == 1);
  CHECK(set->origin(2) == "b/1.png");
  CHECK(valuesOf<float>(inputOf(*set, 2)) ==
        std::vector<float>{255, 0, 0, 10, 40, 70, 0, 255, 0, 20, 50, 80, 0, 0, 255, 30, 60, 90});
  CHECK(inputOf(*set, 1).shape == Shape{1, 3, 2, 3});

  o.labels = folder.write("labels.csv", "name,label\n10.jpg,7\na/2.bmp,5\n1,6\n");
  const auto labelled = opened(o, {floats({anySize, anySize, 2, 3})}, sink);
  CHECK(labelled->label(0) == 5);
  CHECK(labelled->label(1) == 7);
  CHECK(labelled->label(2) == 6);
  o.labels = folder.write("labels.csv", "10.jpg,7\n");
  refused(o, {floats({1, 3, 2, 3})}, "BRN1808");
  o.labels = folder.write("labels.csv", "1\n2\n");
  refused(o, {floats({1, 3, 2, 3})}, "BRN1808");
}

TEST_CASE("images: steps in their order") {
  TemporaryFolder folder;
  SampleOptions o{.data = folder.write("x.ppm", mediaFile("colours.ppm"))};
  o.crop = "2x1"; // of 2 x 3: the middle column
  o.channels = "bgr";
  o.scale = "1/10";
  o.mean = "1,2,3";
  o.std = "1,1,2";
  CollectingSink sink;
  const auto set = opened(o, {floats({1, 2, 1, 3})}, sink);
  const std::vector<float> values = valuesOf<float>(inputOf(*set, 0)), wanted = {-1, 23.5f, -1.5f, 5, 3, 0.5f};
  for (size_t i = 0; i < wanted.size(); ++i)
    CHECK(values[i] == Approx(wanted[i]));
  SampleOptions raw{.data = o.data};
  raw.resize = "1x3"; // the mean of the two rows: 132.5, 10, 15 …, to even: 132
  const auto bytes = opened(raw, {{"in", DType::UInt8, Shape{1, 3, 1, 3}}}, sink);
  CHECK(valuesOf<uint8_t>(inputOf(*bytes, 0)) == std::vector<uint8_t>{132, 20, 35, 10, 152, 40, 15, 30, 172});
  refused(o, {floats({1, 2, 1, 1})}, "BRN1512"); // three channels for one
  o.channels = "";
  o.crop = "3x1";
  refused(o, {floats({1, 2, 1, 3})}, "BRN1802"); // more than there is
  o.crop = "1x1";
  const auto smaller = opened(o, {floats({1, 2, 1, 3})}, sink);
  CHECK_FALSE(smaller->sample(0, sink));
  refused({.data = o.data}, {floats({1, 10})}, "BRN1802");
}

TEST_CASE("recordings: windows, rates, channels, integers") {
  TemporaryFolder folder;
  folder.write("one.wav", wavFile(1, 1, 8000, 16, pcm16({16384, -16384, 8192, 0, -32768})));
  folder.write("two.wav", wavFile(1, 2, 8000, 16, pcm16({16384, 0, 16384, 16384})));
  SampleOptions o{.data = folder.path};
  o.rate = "8000";
  CollectingSink sink;
  auto set = opened(o, {floats({1, 4})}, sink);
  REQUIRE(set->size() == 2);
  CHECK(valuesOf<float>(inputOf(*set, 0)) == std::vector<float>{0.5f, -0.5f, 0.25f, 0});
  CHECK(valuesOf<float>(inputOf(*set, 1)) == std::vector<float>{0.25f, 0.5f, 0, 0});
  o.hop = "3";
  set = opened(o, {{"in", DType::Int16, Shape{1, 1, 4}}}, sink);
  REQUIRE(set->size() == 3); // one.wav from 0 and from 3, two.wav
  CHECK(valuesOf<int16_t>(inputOf(*set, 1)) == std::vector<int16_t>{0, -32768, 0, 0});
  CHECK(set->origin(1) == "one.wav@3");
  o.hop = "";
  set = opened(o, {floats({1, 2, 3})}, sink);
  CHECK(valuesOf<float>(inputOf(*set, 1)) == std::vector<float>{0.5f, 0.5f, 0, 0, 0.5f, 0});
  set = opened(o, {floats({1, 3, 2})}, sink);
  CHECK(valuesOf<float>(inputOf(*set, 1)) == std::vector<float>{0.5f, 0, 0.5f, 0.5f, 0, 0});
  o.rate = "4000";
  CHECK(opened(o, {floats({anySize, anySize})}, sink)->inputs()[0].shape == Shape{1, 3});
  refused(o, {floats({1, 4, 4})}, "BRN1802");
}

TEST_CASE("data that can't be samples") {
  TemporaryFolder folder;
  const std::vector<SampleInput> input = {floats({1, 2})};
  refused({.data = folder.path / "none"}, input, "BRN1012");
  refused({.data = folder.path}, input, "BRN1018");
  refused({.data = folder.write("x.txt", "1 2")}, input, "BRN1018");
  refused({.data = folder.write("none.npy", npyFile("<f4", "(0, 2)", ""))}, input, "BRN1018");
  refused({.data = folder.write("text.npy", "1 2")}, input, "BRN1010");
  folder.write("a.wav", "RIFF");
  refused({.data = folder.path}, input, "BRN1018"); // arrays and a recording
  SampleOptions o{.data = folder.path / "none.npy"};
  o.resize = "2x2";
  refused(o, input, "BRN1512");
  refused({.data = folder.path / "a.wav"}, {input[0], input[0]}, "BRN1802");
}
