// Sampling, unpooling and transposed windows where the results are easily told by hand; what doesn't fit together.
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>

using namespace burin;

using Floats = std::vector<float>;

TEST_CASE("a grid reads between pixels") {
  // x = 0 is the middle; (1, -1) the right end of the first row.
  auto sample = [](int64_t opset, const char *mode, int64_t alignCorners) {
    ModelBuilder b(opset);
    b.input("x", {1, 1, 2, 2}).output("y").floats("grid", {1, 1, 3, 2}, {0, 0, 1, -1, -1, 0});
    b.node("GridSample", {"x", "grid"}, {"y"}).s("mode", mode).i("align_corners", alignCorners);
    return Imported(b).run({{1, 2, 3, 4}});
  };
  CHECK(sample(16, "bilinear", 1) == Floats{2.5f, 2, 2});
  CHECK(sample(20, "linear", 1) == Floats{2.5f, 2, 2});
  CHECK(sample(20, "linear", 0) == Floats{2.5f, 0.5f, 1}); // the end lies half a pixel outside, in zeros
}

TEST_CASE("an affine grid over the pixels") {
  ModelBuilder b(20);
  b.input("theta", {1, 2, 3}).output("y").ints("size", {1, 1, 1, 2});
  b.node("AffineGrid", {"theta", "size"}, {"y"});
  // Pixels at x = -0.5 and 0.5, y = 0: (1 x + 2 y + 3, 4 x + 5 y + 6).
  CHECK(Imported(b).run({{1, 2, 3, 4, 5, 6}}) == Floats{2.5f, 4, 3.5f, 8});
}

TEST_CASE("a deformable convolution reads where its offsets say") {
  ModelBuilder b(19);
  b.input("x", {1, 1, 1, 4}).output("y").floats("w", {1, 1, 1, 2}, {1, 10});
  b.floats("offset", {1, 4, 1, 3}, {0, 0, 0, 0, 0.5f, -1, 0, 0, 0, 0, 0, 9}); // (y, x) of tap 0, then of tap 1
  b.floats("bias", {1}, {100}).floats("mask", {1, 2, 1, 3}, {1, 1, 1, 1, 2, 1});
  b.node("DeformConv", {"x", "w", "offset", "bias", "mask"}, {"y"});
  CHECK(Imported(b).run({{1, 2, 3, 4}}) == Floats{121, 162.5f, 102});
}

TEST_CASE("maxima and their places, and the way back") {
  ModelBuilder b(11);
  b.input("x", {1, 1, 2, 4}).output("z");
  b.node("MaxPool", {"x"}, {"y", "i"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
  b.node("MaxUnpool", {"y", "i"}, {"z"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
  CHECK(Imported(b).run({{1, 5, 2, 3, 4, 0, 6, 6}}) == Floats{0, 5, 0, 0, 0, 0, 6, 0});
}

TEST_CASE("columns add up where they overlap") {
  ModelBuilder b(18);
  b.input("x", {1, 2, 3}).output("y").ints("image", {4}).ints("block", {2});
  b.node("Col2Im", {"x", "image", "block"}, {"y"});
  CHECK(Imported(b).run({{1, 2, 3, 10, 20, 30}}) == Floats{1, 12, 23, 30});
}

TEST_CASE("a transposed convolution over depth") {
  ModelBuilder b;
  b.input("x", {1, 1, 2, 1, 1}).output("y").floats("w", {1, 1, 3, 1, 1}, {1, 10, 100}).floats("b", {1}, {1000});
  b.node("ConvTranspose", {"x", "w", "b"}, {"y"}).ints("strides", {2, 1, 1}).ints("pads", {1, 0, 0, 0, 0, 0});
  CHECK(Imported(b).run({{1, 2}}) == Floats{1010, 1102, 1020, 1200});
}

TEST_CASE("determinants") {
  ModelBuilder b;
  b.input("x", {2, 2, 2}).output("y");
  b.node("Det", {"x"}, {"y"});
  CHECK(Imported(b).run({{4, 2, 2, 3, 0, 1, 1, 0}}) == Floats{8, -1});
}

TEST_CASE("pads longer than the axis repeat it") {
  auto pad = [](const char *mode) {
    ModelBuilder b(19);
    b.input("x", {3}).output("y").ints("pads", {0, 5});
    b.node("Pad", {"x", "pads"}, {"y"}).s("mode", mode);
    return Imported(b).run({{1, 2, 3}});
  };
  CHECK(pad("reflect") == Floats{1, 2, 3, 2, 1, 2, 3, 2});
  CHECK(pad("wrap") == Floats{1, 2, 3, 1, 2, 3, 1, 2});
}

namespace {

std::string errorOf(
    const char *op, std::vector<std::vector<Dim>> shapes,
    const std::function<void(NodeRef &)> &attributes = [](NodeRef &) {}, size_t firstInteger = 2) {
  ModelBuilder b(20);
  static const char *names[] = {"a", "b", "c"};
  for (size_t i = 0; i < shapes.size(); ++i)
    b.input(names[i], shapes[i], i >= firstInteger ? DType::Int64 : DType::Float32);
  b.output("y");
  NodeRef node = b.node(op, {names, names + shapes.size()}, {"y"});
  attributes(node.name("n"));
  return Imported(b).error();
}

} // namespace

TEST_CASE("sampling that doesn't fit together") {
  CHECK(errorOf("GridSample", {{1, 1, 2, 2}, {1, 2, 2, 3}}) == "BRN1206 n");
  CHECK(errorOf("GridSample", {{1, 1, 2, 2}, {2, 2, 2, 2}}) == "BRN1206 n");
  CHECK(errorOf("GridSample", {{1, 1, 2, 2}, {1, 2, 2, 2}}, [](NodeRef &n) { n.s("mode", "area"); }) == "BRN1206 n");
  CHECK(errorOf("GridSample", {{1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 4}}) == "BRN1202 n");
  CHECK(errorOf("RoiAlign", {{1, 1, 4, 4}, {2, 4}, {3}}) == "BRN1206 n");
  CHECK(errorOf("RoiAlign", {{1, 1, 4, 4}, {2, 5}, {2}}) == "BRN1206 n");
  CHECK(errorOf("MaxRoiPool", {{1, 1, 4, 4}, {2, 5}}) == "BRN1206 n"); // pooled_shape is missing
  CHECK(errorOf("Det", {{2, 3}}) == "BRN1206 n");
  CHECK(errorOf("GridSample", {{1, 1, 2, 2}, {1, 2, 2, 2}}, [](NodeRef &) {}, 1) == "BRN1206 n"); // an integer grid
  CHECK(errorOf("DeformConv", {{1, 1, 1, 4}, {1, 1, 1, 2}, {1, 4, 1, 3}}) == "BRN1206 n");        // integer offsets

  ModelBuilder b(20);
  b.input("theta", {1, 2, 3}, DType::Int64).output("y").ints("size", {1, 1, 4, 4});
  b.node("AffineGrid", {"theta", "size"}, {"y"}).name("n");
  CHECK(Imported(b).error() == "BRN1205 n");
}

TEST_CASE("sampling of more than constants can say") {
  const int64_t width = int64_t(1) << 25;
  CHECK(errorOf("DeformConv", {{1, 1, 1, width}, {1, 1, 1, 1}, {1, 2, 1, width}}, [](NodeRef &) {}, 3) == "BRN1202 n");
}
