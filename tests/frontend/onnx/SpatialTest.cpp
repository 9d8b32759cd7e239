// Windows, pads and output sizes of convolutions and pools, and the results where they are easily told by hand.
#include "frontend/onnx/ops/Spatial.h"
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>

using namespace burin;
using importer::AxisWindow;
using importer::padToSame;
using importer::windowCount;

TEST_CASE("the number of windows") {
  CHECK(windowCount(5, {.kernel = 3}, false) == 3);
  CHECK(windowCount(5, {.kernel = 3, .stride = 2}, false) == 2);
  CHECK(windowCount(6, {.kernel = 3, .stride = 2}, false) == 2);
  CHECK(windowCount(6, {.kernel = 3, .stride = 2}, true) == 3);
  CHECK(windowCount(7, {.kernel = 3, .dilation = 2}, false) == 3);
  CHECK(windowCount(5, {.kernel = 3, .padBegin = 1, .padEnd = 1}, false) == 5);
  CHECK(windowCount(2, {.kernel = 3}, false) == 0);
  CHECK(windowCount(2, {.kernel = 3}, true) == 0);
}

TEST_CASE("with ceil_mode no window starts behind the input") {
  // As in test_averagepool_2d_ceil_last_window_starts_on_pad of ONNX.
  CHECK(windowCount(2, {.kernel = 3, .stride = 3, .padBegin = 1, .padEnd = 1}, true) == 1);
  CHECK(windowCount(4, {.kernel = 2, .stride = 3}, true) == 2);
  CHECK(windowCount(3, {.kernel = 1, .stride = 3, .padEnd = 1}, true) == 1);
}

TEST_CASE("SAME pads give ceil(in / stride) windows") {
  AxisWindow upper{.kernel = 3, .stride = 2};
  padToSame(6, upper, true);
  CHECK(upper.padBegin == 0);
  CHECK(upper.padEnd == 1);
  CHECK(windowCount(6, upper, false) == 3);
  AxisWindow lower{.kernel = 3, .stride = 2};
  padToSame(6, lower, false);
  CHECK(lower.padBegin == 1);
  CHECK(lower.padEnd == 0);
  AxisWindow wide{.kernel = 2, .stride = 5};
  padToSame(6, wide, true);
  CHECK(wide.padBegin == 0);
  CHECK(wide.padEnd == 1);
}

namespace {

/// The shape of a convolution of x[1,1,6,6] with w[1,1,3,3], or the error.
std::string conv(const std::function<void(NodeRef &)> &attributes) {
  ModelBuilder b;
  b.input("x", {1, 1, 6, 6}).output("y").floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1));
  NodeRef node = b.node("Conv", {"x", "w"}, {"y"});
  attributes(node.name("c"));
  Imported m(b);
  return m.succeeded() ? m.result() : m.error();
}

std::string pool(const char *op, std::vector<Dim> shape, const std::function<void(NodeRef &)> &attributes) {
  ModelBuilder b(19);
  b.input("x", std::move(shape)).output("y");
  NodeRef node = b.node(op, {"x"}, {"y"});
  attributes(node.name("p"));
  Imported m(b);
  return m.succeeded() ? m.result() : m.error();
}

} // namespace

TEST_CASE("shapes of convolutions") {
  CHECK(conv([](NodeRef &) {}) == "float32[1,1,4,4]");
  CHECK(conv([](NodeRef &n) { n.ints("pads", {1, 0, 2, 1}); }) == "float32[1,1,7,5]");
  CHECK(conv([](NodeRef &n) { n.s("auto_pad", "SAME_UPPER").ints("strides", {2, 4}); }) == "float32[1,1,3,2]");
  CHECK(conv([](NodeRef &n) { n.s("auto_pad", "VALID").ints("strides", {2, 2}); }) == "float32[1,1,2,2]");
  CHECK(conv([](NodeRef &n) { n.ints("dilations", {2, 1}); }) == "float32[1,1,2,4]");
}

TEST_CASE("attributes of convolutions that are wrong") {
  CHECK(conv([](NodeRef &n) { n.ints("strides", {0, 1}); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.ints("strides", {1}); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.ints("pads", {INT64_MAX, 0, 0, 0}); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.ints("kernel_shape", {3, 2}); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.i("group", 0); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.i("group", 2); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.ints("dilations", {4, 4}); }) == "BRN1206 c"); // 9 wide on 6
  CHECK(conv([](NodeRef &n) { n.s("auto_pad", "SOMEHOW"); }) == "BRN1206 c");
  CHECK(conv([](NodeRef &n) { n.s("strides", "two"); }) == "BRN1208 c");
}

TEST_CASE("shapes of pools") {
  auto window = [](NodeRef &n) { n.ints("kernel_shape", {3, 3}).ints("strides", {2, 2}); };
  CHECK(pool("MaxPool", {1, 2, 6, 7}, window) == "float32[1,2,2,3]");
  CHECK(pool("MaxPool", {1, 2, 6, 7}, [&](NodeRef &n) { window(n.i("ceil_mode", 1)); }) == "float32[1,2,3,3]");
  CHECK(pool("AveragePool", {1, 2, 9}, [](NodeRef &n) { n.ints("kernel_shape", {4}); }) == "float32[1,2,6]");
  CHECK(pool("AveragePool", {1, 2, 4, 6, 8}, [](NodeRef &n) { n.ints("kernel_shape", {2, 3, 4}); }) ==
        "float32[1,2,3,4,5]");
  CHECK(pool("GlobalAveragePool", {2, 3, 4, 5}, [](NodeRef &) {}) == "float32[2,3,1,1]");
  CHECK(pool("MaxPool", {1, 2, 2, 7}, window) == "BRN1206 p");
  CHECK(pool("MaxPool", {1, 2, 6, 7}, [](NodeRef &) {}) == "BRN1206 p");
}

TEST_CASE("one-dimensional, grouped and transposed convolutions by hand") {
  ModelBuilder line;
  line.input("x", {1, 1, 4}).output("y").floats("w", {1, 1, 2}, {1, 10}).floats("b", {1}, {100});
  line.node("Conv", {"x", "w", "b"}, {"y"});
  CHECK(Imported(line).run({{1, 2, 3, 4}}) == std::vector<float>{121, 132, 143});

  ModelBuilder groups;
  groups.input("x", {1, 2, 1, 2}).output("y").floats("w", {2, 1, 1, 1}, {2, 3});
  groups.node("Conv", {"x", "w"}, {"y"}).i("group", 2);
  CHECK(Imported(groups).run({{1, 2, 3, 4}}) == std::vector<float>{2, 4, 9, 12});

  ModelBuilder transposed;
  transposed.input("x", {1, 1, 2}).output("y").floats("w", {1, 1, 3}, {1, 10, 100});
  transposed.node("ConvTranspose", {"x", "w"}, {"y"}).ints("strides", {2});
  CHECK(Imported(transposed).run({{1, 2}}) == std::vector<float>{1, 10, 102, 20, 200});

  // Two groups of one input and two output channels each.
  ModelBuilder both;
  both.input("x", {1, 2, 1}).output("y").floats("w", {2, 2, 1}, {1, 2, 3, 4});
  both.node("ConvTranspose", {"x", "w"}, {"y"}).i("group", 2);
  CHECK(Imported(both).run({{1, 10}}) == std::vector<float>{1, 2, 30, 40});
}

TEST_CASE("a convolution over depth is a sum over its kernel") {
  ModelBuilder b;
  b.input("x", {1, 1, 3, 1, 2}).output("y").floats("w", {1, 1, 2, 1, 1}, {1, 10});
  b.node("Conv", {"x", "w"}, {"y"});
  CHECK(Imported(b).run({{1, 2, 3, 4, 5, 6}}) == std::vector<float>{31, 42, 53, 64});
}

TEST_CASE("padded averages count what ONNX counts") {
  auto average = [](bool countPads) {
    ModelBuilder b(19);
    b.input("x", {1, 1, 3}).output("y");
    b.node("AveragePool", {"x"}, {"y"})
        .ints("kernel_shape", {2})
        .ints("pads", {1, 0})
        .i("count_include_pad", countPads);
    return Imported(b).run({{4, 6, 8}});
  };
  CHECK(average(false) == std::vector<float>{4, 5, 7});
  CHECK(average(true) == std::vector<float>{2, 5, 7});
}
