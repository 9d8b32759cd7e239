// Shape arithmetic disappears; what stays are the operators on data.
#include "tests/frontend/onnx/ModelBuilder.h"

#include <catch2/catch.hpp>

using namespace burin;

TEST_CASE("Shape, Gather, Unsqueeze, Concat and Reshape leave one reshape") {
  ModelBuilder b(13);
  b.input("x", {"n", 6, 2}).output("y").ints("zero", {0}).ints("rest", {-1});
  b.node("Shape", {"x"}, {"s"});
  b.bytes("i", DType::Int64, {}, {0, 0, 0, 0, 0, 0, 0, 0});
  b.node("Gather", {"s", "i"}, {"n0"});
  b.node("Unsqueeze", {"n0", "zero"}, {"n1"});
  b.node("Concat", {"n1", "rest"}, {"to"}).i("axis", 0);
  b.node("Reshape", {"x", "to"}, {"y"});
  Imported m(b, {.dims = {{"n", 3}}});
  REQUIRE(m.succeeded());
  CHECK(m.operators() == "reshape");
  CHECK(m.result() == "float32[3,12]");
}

TEST_CASE("integer arithmetic on shapes is exact") {
  ModelBuilder b(13);
  b.input("x", {1, 7}).output("y").ints("two", {2});
  b.node("Shape", {"x"}, {"s"});
  b.node("Div", {"s", "two"}, {"half"});
  b.node("Mul", {"half", "two"}, {"even"});
  b.node("Sub", {"s", "even"}, {"y"});
  CHECK(Imported(b).folded() == std::vector<int64_t>{1, 1}); // 1 - 2 * (1 / 2), 7 - 2 * (7 / 2)
}

TEST_CASE("Shape takes a range of axes") {
  auto shapeOf = [](int64_t start, int64_t end) {
    ModelBuilder b(15);
    b.input("x", {2, 3, 5, 7}).output("y").node("Shape", {"x"}, {"y"}).i("start", start).i("end", end);
    return Imported(b).folded();
  };
  CHECK(shapeOf(1, 3) == std::vector<int64_t>{3, 5});
  CHECK(shapeOf(-2, 100) == std::vector<int64_t>{5, 7});
  CHECK(shapeOf(3, 1).empty());
}

TEST_CASE("Range, ConstantOfShape, Size and Slice on constants") {
  ModelBuilder b(13);
  b.input("x", {4, 2})
      .output("y")
      .ints("start", {9})
      .ints("limit", {0})
      .ints("delta", {-2})
      .ints("from", {1})
      .ints("to", {-1});
  for (const char *name : {"start", "limit", "delta"})
    b.node("Squeeze", {name}, {(std::string(name) + "0").c_str()});
  b.node("Range", {"start0", "limit0", "delta0"}, {"r"}); // 9 7 5 3 1
  b.node("Slice", {"r", "from", "to"}, {"y"});
  CHECK(Imported(b).folded() == std::vector<int64_t>{7, 5, 3});
}

TEST_CASE("a reshape to a shape of run time takes the declared result") {
  ModelBuilder b(13);
  b.input("x", {2, 6}).input("to", {2}, DType::Int64).output("y", {4, 3}).node("Reshape", {"x", "to"}, {"y"});
  CHECK(Imported(b).result() == "float32[4,3]");
}

TEST_CASE("Reshape copies dims for 0 and infers -1") {
  auto reshaped = [](std::vector<int64_t> to, bool allowZero = false) {
    ModelBuilder b(14);
    b.input("x", {2, 3, 4}).output("y").ints("to", std::move(to));
    b.node("Reshape", {"x", "to"}, {"y"}).name("r").i("allowzero", allowZero);
    Imported m(b);
    return m.succeeded() ? m.result() : m.error();
  };
  CHECK(reshaped({0, -1}) == "float32[2,12]");
  CHECK(reshaped({4, 0, -1}) == "float32[4,3,2]");
  CHECK(reshaped({-1}) == "float32[24]");
  CHECK(reshaped({-1, -1}) == "BRN1206 r");
  CHECK(reshaped({5, -1}) == "BRN1206 r");
  CHECK(reshaped({2, 3, 4, 0}) == "BRN1206 r");
  CHECK(reshaped({INT64_MAX, INT64_MAX}) == "BRN1206 r");
  CHECK(reshaped({0, 24}, true) == "BRN1206 r");
}

TEST_CASE("large results of small constants are not folded") {
  ModelBuilder b(13);
  b.input("x", {1}).output("y").ints("to", {4096, 4096}).node("Expand", {"one", "to"}, {"e"});
  b.floats("one", {1}, {1}).node("Add", {"x", "e"}, {"y"});
  CHECK(Imported(b).operators() == "expand binary");
}

TEST_CASE("batch normalisation is one product and one sum") {
  ModelBuilder b;
  b.input("x", {1, 2, 1, 1}).output("y");
  b.floats("s", {2}, {2, 3}).floats("b", {2}, {1, -1}).floats("m", {2}, {4, 5}).floats("v", {2}, {4, 0.25f});
  b.node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}).f("epsilon", 0);
  Imported m(b);
  CHECK(m.operators() == "binary binary");
  // (6 - 4) / 2 * 2 + 1, (5.5 - 5) / 0.5 * 3 - 1
  CHECK(m.run({{6, 5.5f}}) == std::vector<float>{3, 2});
}

TEST_CASE("first versions: Tile along one axis, Cast to a type by name, Upsample by two attributes") {
  ModelBuilder tiled(5);
  tiled.ints("x", {4, 7}).ints("count", {2}).ints("axis", {0}).output("y").node("Tile", {"x", "count", "axis"}, {"y"});
  CHECK(Imported(tiled).folded() == std::vector<int64_t>{4, 7, 4, 7});
  ModelBuilder cast(5);
  cast.floats("x", {2}, {1.75F, -3}).output("y").node("Cast", {"x"}, {"y"}).s("to", "INT64");
  CHECK(Imported(cast).folded() == std::vector<int64_t>{1, -3});
  ModelBuilder grown(6);
  grown.input("x", {1, 1, 1, 2}).output("y").node("Upsample", {"x"}, {"y"}).f("height_scale", 2).f("width_scale", 1);
  CHECK(Imported(grown).run({{5, 6}}) == std::vector<float>{5, 6, 5, 6});
}

TEST_CASE("a constant beside what isn't computed now stays as it is") {
  ModelBuilder b;
  b.output("y").floats("x", {2}, {-1, 1}).bytes("scale", DType::Float8E5M2, {}, {0x3c});
  b.node("BipolarQuant", {"x", "scale"}, {"y"}).domain("qonnx.custom_op.general");
  CHECK(Imported(b).result() == "float32[2]"); // no kernel negates the scale
}

TEST_CASE("nothing, quantised with one zero point for each of no channels") {
  ModelBuilder b;
  b.output("y").floats("x", {2, 0}, {}).floats("scale", {}, {1}).floats("zero", {0}, {}).floats("bits", {}, {8});
  b.node("Quant", {"x", "scale", "zero", "bits"}, {"y"}).domain("qonnx.custom_op.general");
  CHECK(Imported(b).result() == "float32[2,0]");
}

TEST_CASE("BitCast reads the same bits") {
  ModelBuilder b(26);
  b.floats("x", {2}, {1, -2}).output("y").node("BitCast", {"x"}, {"i"}).i("to", toOnnx(DType::Int32));
  b.node("Cast", {"i"}, {"y"}).i("to", toOnnx(DType::Int64));
  CHECK(Imported(b).folded() == std::vector<int64_t>{0x3F800000, -0x40000000});
}
