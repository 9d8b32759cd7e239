// nn.gather, nn.gather_elements, nn.gather_nd, nn.scatter_elements, nn.scatter_nd.
#include "tests/ir/nn/OpsSupport.h"

#include <algorithm>

using namespace burin::test;
using Shape = std::vector<int64_t>;

namespace {

/// The position that an index means: negative ones count from the end, those outside are clamped.
int64_t place(int64_t index, int64_t extent) {
  const int64_t at = index < 0 ? index + extent : index;
  return at < 0 ? 0 : at >= extent ? extent - 1 : at;
}

template <typename I> std::string indexType(const Shape &shape) {
  return tensorText(shape, sizeof(I) == 4 ? "i32" : "i64");
}

std::string withAxis(const std::string &op, int64_t axis, const std::string &x, const std::string &i,
                     const std::string &y) {
  return op + " %a, %b {axis = " + std::to_string(axis) + " : i64} : (" + x + ", " + i + ") -> " + y;
}

template <typename T, typename I>
void checkGather(const std::string &element, const Shape &shape, int64_t axis, const Shape &indexShape,
                 const std::vector<I> &indices) {
  const auto x = counting<T>(size(shape));
  Shape y(shape.begin(), shape.begin() + axis);
  y.insert(y.end(), indexShape.begin(), indexShape.end());
  y.insert(y.end(), shape.begin() + axis + 1, shape.end());
  std::vector<T> expected;
  forEachIndex(y, [&](const Shape &at) {
    const auto first = at.begin() + axis, second = first + static_cast<int64_t>(indexShape.size());
    Shape from(at.begin(), first);
    from.push_back(place(indices[size_t(offsetIn(indexShape, Shape(first, second)))], shape[size_t(axis)]));
    from.insert(from.end(), second, at.end());
    expected.push_back(x[size_t(offsetIn(shape, from))]);
  });
  const std::string tx = tensorText(shape, element), ti = indexType<I>(indexShape);
  CHECK(run<T>(withAxis("nn.gather", axis, tx, ti, tensorText(y, element)), {operand(tx, x), operand(ti, indices)}) ==
        expected);
}

} // namespace

TEST_CASE("gather: every axis, index shape and element size") {
  checkGather<float, int64_t>("f32", {4}, 0, {3}, {3, 0, -1});
  checkGather<float, int32_t>("f32", {2, 3, 4}, 1, {2, 2}, {2, 0, -3, 1});
  checkGather<double, int64_t>("f64", {2, 3, 4}, 0, {2}, {1, 1});
  checkGather<uint16_t, int32_t>("f16", {2, 3, 4}, 2, {1}, {-2});
  checkGather<uint8_t, int64_t>("i1", {2, 3}, 1, {}, {1});
  checkGather<int8_t, int32_t>("!quant.uniform<i8:f32, 0.5:3>", {5, 2}, 0, {3}, {4, 7, -9}); // clamped
  checkGather<float, int64_t>("f32", {2, 3}, 1, {0}, {});
}

TEST_CASE("gather: verification") {
  auto bad = [](const std::string &x, const std::string &i, const std::string &y, int64_t axis) {
    return verifierMessage(withAxis("nn.gather", axis, x, i, y), {x, i}) != "";
  };
  CHECK_FALSE(bad("tensor<3x2xf32>", "tensor<4xi32>", "tensor<4x2xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<4xi32>", "tensor<4x2xf32>", 2));
  CHECK(bad("tensor<3x2xf32>", "tensor<4xi32>", "tensor<3x2xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<4xi16>", "tensor<4x2xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<4xui32>", "tensor<4x2xf32>", 0));
  CHECK(bad("tensor<0x2xf32>", "tensor<4xi32>", "tensor<4x2xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<4xi32>", "tensor<4x2xi32>", 0));
}

namespace {

template <typename T, typename I>
void checkGatherElements(const std::string &element, const Shape &shape, int64_t axis, const Shape &indexShape,
                         const std::vector<I> &indices) {
  const auto x = counting<T>(size(shape));
  std::vector<T> expected;
  forEachIndex(indexShape, [&](Shape at) {
    const int64_t index = indices[size_t(offsetIn(indexShape, at))];
    at[size_t(axis)] = place(index, shape[size_t(axis)]);
    int64_t offset = 0;
    for (size_t i = 0; i < at.size(); ++i)
      offset = offset * shape[i] + at[i];
    expected.push_back(x[size_t(offset)]);
  });
  const std::string tx = tensorText(shape, element), ti = indexType<I>(indexShape);
  CHECK(run<T>(withAxis("nn.gather_elements", axis, tx, ti, tensorText(indexShape, element)),
               {operand(tx, x), operand(ti, indices)}) == expected);
}

} // namespace

TEST_CASE("gather_elements: every axis and element size") {
  checkGatherElements<float, int64_t>("f32", {3, 3}, 0, {2, 3}, {1, 2, 0, 2, 0, 0});
  checkGatherElements<int8_t, int32_t>("i8", {2, 2}, 1, {2, 2}, {0, 0, -1, 0});
  checkGatherElements<double, int32_t>("f64", {2, 3, 2}, 1, {2, 4, 2},
                                       {0, 1, 2, -1, -2, -3, 9, -9, 1, 1, 0, 0, 2, 2, 1, 0});
  checkGatherElements<uint16_t, int64_t>("bf16", {4, 3}, 0, {1, 2}, {3, 1}); // indices smaller than x on other axes
  checkGatherElements<float, int64_t>("f32", {3}, 0, {0}, {});
}

TEST_CASE("gather_elements: verification") {
  auto bad = [](const std::string &x, const std::string &i, const std::string &y, int64_t axis) {
    return verifierMessage(withAxis("nn.gather_elements", axis, x, i, y), {x, i}) != "";
  };
  CHECK_FALSE(bad("tensor<3x2xf32>", "tensor<5x2xi32>", "tensor<5x2xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<5x3xi32>", "tensor<5x3xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<5xi32>", "tensor<5xf32>", 0));
  CHECK(bad("tensor<3x2xf32>", "tensor<5x2xi32>", "tensor<5x2xf32>", -1));
  CHECK(bad("tensor<3x2xf32>", "tensor<5x2xf32>", "tensor<5x2xf32>", 0));
  CHECK(bad("tensor<0x2xf32>", "tensor<5x2xi32>", "tensor<5x2xf32>", 0));
}

namespace {

std::string gatherNd(const std::string &x, const std::string &i, const std::string &y, int64_t batch) {
  return "nn.gather_nd %a, %b {batch_dims = " + std::to_string(batch) + " : i64} : (" + x + ", " + i + ") -> " + y;
}

} // namespace

TEST_CASE("gather_nd: whole tuples, slices, batches, empty tuples") {
  const std::string x = "tensor<2x2x2xi32>";
  const Operand data = operand<int32_t>(x, {0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(run<int32_t>(gatherNd(x, "tensor<2x3xi64>", "tensor<2xi32>", 0),
                     {data, operand<int64_t>("tensor<2x3xi64>", {0, 1, 0, 1, -1, 1})}) == std::vector<int32_t>{2, 7});
  CHECK(run<int32_t>(gatherNd(x, "tensor<2x1x2xi32>", "tensor<2x1x2xi32>", 0),
                     {data, operand<int32_t>("tensor<2x1x2xi32>", {0, 1, 1, 0})}) == std::vector<int32_t>{2, 3, 4, 5});
  CHECK(run<int32_t>(gatherNd(x, "tensor<2x1xi64>", "tensor<2x2xi32>", 1),
                     {data, operand<int64_t>("tensor<2x1xi64>", {1, 0})}) == std::vector<int32_t>{2, 3, 4, 5});
  CHECK(run<int32_t>(gatherNd(x, "tensor<2x2x1xi64>", "tensor<2x2xi32>", 2),
                     {data, operand<int64_t>("tensor<2x2x1xi64>", {1, 0, 0, 1})}) == std::vector<int32_t>{1, 2, 4, 7});
  CHECK(run<int32_t>(gatherNd(x, "tensor<2x0xi64>", "tensor<2x2x2x2xi32>", 0),
                     {data, operand<int64_t>("tensor<2x0xi64>", {})}) ==
        std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("gather_nd: verification") {
  auto bad = [](const std::string &x, const std::string &i, const std::string &y, int64_t batch) {
    return verifierMessage(gatherNd(x, i, y, batch), {x, i}) != "";
  };
  CHECK_FALSE(bad("tensor<2x3xf32>", "tensor<4x2xi32>", "tensor<4xf32>", 0));
  CHECK(bad("tensor<2x3xf32>", "tensor<4x3xi32>", "tensor<4xf32>", 0));
  CHECK(bad("tensor<2x3xf32>", "tensor<i32>", "tensor<f32>", 0));
  CHECK(bad("tensor<2x3xf32>", "tensor<3x1xi32>", "tensor<3xf32>", 1));
  CHECK(bad("tensor<2x3xf32>", "tensor<2x2xi32>", "tensor<2xf32>", 2));
  CHECK(bad("tensor<2x3xf32>", "tensor<4x2xi32>", "tensor<4xf32>", -1));
  CHECK(bad("tensor<2x0xf32>", "tensor<4x2xi32>", "tensor<4xf32>", 0));
}

namespace {

std::string scatter(const std::string &kind, const std::string &x, const std::string &i, const std::string &u,
                    int64_t axis) {
  return "nn.scatter_elements " + kind + " %a, %b, %c {axis = " + std::to_string(axis) + " : i64} : (" + x + ", " + i +
         ", " + u + ") -> " + x;
}

double combined(const std::string &kind, double old, double update) {
  if (kind == "add")
    return old + update;
  if (kind == "mul")
    return old * update;
  if (kind == "min")
    return std::min(old, update);
  return kind == "max" ? std::max(old, update) : update;
}

const std::vector<std::string> scatterKinds = {"none", "add", "mul", "min", "max"};

/// Computes in double; `convert` brings small integers to the storage of `element`.
template <typename T, typename Convert>
void checkScatterElements(const std::string &kind, int64_t axis, const std::string &element, const Convert &convert) {
  const Shape shape = {3, 4}, indexShape = {2, 3};
  const std::vector<int64_t> indices = {1, -1, 0, 1, 2, 5};
  const auto x = counting<double>(12, -4), updates = counting<double>(6, 2);
  std::vector<double> expected = x;
  forEachIndex(indexShape, [&](Shape at) {
    const auto i = size_t(offsetIn(indexShape, at));
    at[size_t(axis)] = place(indices[i], shape[size_t(axis)]);
    double &target = expected[size_t(at[0] * 4 + at[1])];
    target = combined(kind, target, updates[i]);
  });
  auto converted = [&](const std::vector<double> &values) {
    std::vector<T> out;
    for (double v : values)
      out.push_back(convert(v));
    return out;
  };
  const std::string type = tensorText(shape, element), u = tensorText(indexShape, element);
  CHECK(run<T>(scatter(kind, type, "tensor<2x3xi64>", u, axis),
               {operand(type, converted(x)), operand("tensor<2x3xi64>", indices), operand(u, converted(updates))}) ==
        converted(expected));
  const std::vector<int32_t> narrow(indices.begin(), indices.end());
  CHECK(run<T>(scatter(kind, type, "tensor<2x3xi32>", u, axis),
               {operand(type, converted(x)), operand("tensor<2x3xi32>", narrow), operand(u, converted(updates))}) ==
        converted(expected));
}

template <typename T> T plain(double v) { return static_cast<T>(v); }

} // namespace

TEST_CASE("scatter_elements: every kind along each axis; equal indices in turn") {
  for (const std::string &kind : scatterKinds)
    for (int64_t axis : {0, 1}) {
      checkScatterElements<float>(kind, axis, "f32", plain<float>);
      checkScatterElements<double>(kind, axis, "f64", plain<double>);
      checkScatterElements<int8_t>(kind, axis, "i8", plain<int8_t>);
      checkScatterElements<int64_t>(kind, axis, "i64", plain<int64_t>);
      checkScatterElements<uint16_t>(kind, axis, "f16", toF16);
    }
}

TEST_CASE("scatter_elements: no updates, verification, refusals") {
  const std::string x = "tensor<2x2xf32>", none = "tensor<0x2xf32>";
  CHECK(run<float>(scatter("none", x, "tensor<0x2xi32>", none, 0),
                   {floats(x, {1, 2, 3, 4}), operand<int32_t>("tensor<0x2xi32>", {}), floats(none, {})}) ==
        std::vector<float>{1, 2, 3, 4});
  auto bad = [&](const std::string &kind, const std::string &i, const std::string &u, int64_t axis) {
    return verifierMessage(scatter(kind, x, i, u, axis), {x, i, u}) != "";
  };
  CHECK_FALSE(bad("none", "tensor<5x2xi32>", "tensor<5x2xf32>", 0));
  CHECK(bad("none", "tensor<5x3xi32>", "tensor<5x3xf32>", 0));
  CHECK(bad("none", "tensor<5x2xi32>", "tensor<4x2xf32>", 0));
  CHECK(bad("none", "tensor<5x2xi32>", "tensor<5x2xf64>", 0));
  CHECK(bad("none", "tensor<5x2xi32>", "tensor<5x2xf32>", 2));
  CHECK(bad("none", "tensor<5x2xf32>", "tensor<5x2xf32>", 0));
  const std::string q = "tensor<2x!quant.uniform<i8:f32, 0.5>>", b = "tensor<2xi1>";
  CHECK(run<int8_t>(scatter("none", q, "tensor<2xi32>", q, 0),
                    {operand<int8_t>(q, {1, 2}), operand<int32_t>("tensor<2xi32>", {1, 1}),
                     operand<int8_t>(q, {3, 4})}) == std::vector<int8_t>{1, 4});
  CHECK(verifierMessage(scatter("add", q, "tensor<2xi32>", q, 0), {q, "tensor<2xi32>", q}) != "");
  CHECK_THAT(loweringMessage(scatter("add", b, "tensor<2xi32>", b, 0), {b, "tensor<2xi32>", b}),
             Catch::Contains("BRN1204"));
}

namespace {

std::string scatterNd(const std::string &kind, const std::string &x, const std::string &i, const std::string &u) {
  return "nn.scatter_nd " + kind + " %a, %b, %c : (" + x + ", " + i + ", " + u + ") -> " + x;
}

} // namespace

TEST_CASE("scatter_nd: elements and slices, every kind") {
  const std::string x = "tensor<4x2xf32>", i = "tensor<3x1xi64>", u = "tensor<3x2xf32>";
  const std::vector<float> data = {1, 2, 3, 4, 5, 6, 7, 8}, updates = {10, -10, 2, 3, 4, 0};
  for (const std::string &kind : scatterKinds) {
    std::vector<double> expected(data.begin(), data.end());
    for (auto [row, source] : {std::pair{1, 0}, {3, 1}, {1, 2}}) // indices 1, -1, 1
      for (int c = 0; c < 2; ++c)
        expected[size_t(row * 2 + c)] = combined(kind, expected[size_t(row * 2 + c)], updates[size_t(source * 2 + c)]);
    checkClose(
        run<float>(scatterNd(kind, x, i, u), {floats(x, data), operand<int64_t>(i, {1, -1, 1}), floats(u, updates)}),
        expected);
  }
  const std::string h = "tensor<2x2xf16>";
  CHECK(run<uint16_t>(scatterNd("add", h, "tensor<2x2xi32>", "tensor<2xf16>"),
                      {operand<uint16_t>(h, {toF16(1), toF16(2), toF16(3), toF16(4)}),
                       operand<int32_t>("tensor<2x2xi32>", {0, 1, 1, 0}),
                       operand<uint16_t>("tensor<2xf16>", {toF16(10), toF16(20)})}) ==
        std::vector<uint16_t>{toF16(1), toF16(12), toF16(23), toF16(4)});
  CHECK(run<float>(scatterNd("none", "tensor<2xf32>", "tensor<0xi32>", "tensor<2xf32>"),
                   {floats("tensor<2xf32>", {1, 2}), operand<int32_t>("tensor<0xi32>", {}),
                    floats("tensor<2xf32>", {3, 4})}) == std::vector<float>{3, 4});
  CHECK(run<float>(scatterNd("none", x, "tensor<0x1xi64>", "tensor<0x2xf32>"),
                   {floats(x, data), operand<int64_t>("tensor<0x1xi64>", {}), floats("tensor<0x2xf32>", {})}) == data);
}

TEST_CASE("scatter_nd: verification") {
  const std::string x = "tensor<4x2xf32>";
  auto bad = [&](const std::string &i, const std::string &u) {
    return verifierMessage(scatterNd("none", x, i, u), {x, i, u}) != "";
  };
  CHECK_FALSE(bad("tensor<3x2xi32>", "tensor<3xf32>"));
  CHECK(bad("tensor<3x3xi32>", "tensor<3xf32>"));
  CHECK(bad("tensor<3x1xi32>", "tensor<3xf32>"));
  CHECK(bad("tensor<i32>", "tensor<f32>"));
  CHECK(bad("tensor<3x2xi8>", "tensor<3xf32>"));
  CHECK(bad("tensor<3x2xi32>", "tensor<3xi32>"));
  const std::string none = "tensor<0x2xf32>";
  CHECK(verifierMessage(scatterNd("none", none, "tensor<1x1xi32>", "tensor<1x2xf32>"),
                        {none, "tensor<1x1xi32>", "tensor<1x2xf32>"}) != "");
}
