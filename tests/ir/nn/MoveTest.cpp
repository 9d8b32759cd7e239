// nn.concat, nn.slice, nn.expand, nn.pad.
#include "tests/ir/nn/OpsSupport.h"

#include <algorithm>

using namespace burin::test;
using Shape = std::vector<int64_t>;

namespace {

std::string slice(const std::string &x, const std::string &y, const Shape &starts, const Shape &steps,
                  const Shape &sizes) {
  return "nn.slice %a {starts = " + arrayText(starts) + ", steps = " + arrayText(steps) +
         ", sizes = " + arrayText(sizes) + "} : (" + x + ") -> " + y;
}

std::string pad(const std::string &mode, const std::string &x, const std::string &y, const Shape &lo, const Shape &hi) {
  return "nn.pad " + mode + " %a {lo = " + arrayText(lo) + ", hi = " + arrayText(hi) + "} : (" + x + ") -> " + y;
}

} // namespace

TEST_CASE("concat: along every axis") {
  const std::string a = "tensor<2x1x2xi16>", b = "tensor<2x3x2xi16>";
  CHECK(run<int16_t>("nn.concat %a, %b {axis = 1 : i64} : (" + a + ", " + b + ") -> tensor<2x4x2xi16>",
                     {operand<int16_t>(a, {0, 1, 2, 3}), operand<int16_t>(b, counting<int16_t>(12, 10))}) ==
        std::vector<int16_t>{0, 1, 10, 11, 12, 13, 14, 15, 2, 3, 16, 17, 18, 19, 20, 21});
  const std::string c = "tensor<2x2xf32>";
  CHECK(run<float>("nn.concat %a, %b {axis = 0 : i64} : (" + c + ", " + c + ") -> tensor<4x2xf32>",
                   {floats(c, {0, 1, 2, 3}), floats(c, {4, 5, 6, 7})}) == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(run<float>("nn.concat %a, %b, %c {axis = 1 : i64} : (" + c +
                       ", tensor<2x0xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>",
                   {floats(c, {0, 1, 2, 3}), floats("tensor<2x0xf32>", {}), floats("tensor<2x1xf32>", {8, 9})}) ==
        std::vector<float>{0, 1, 8, 2, 3, 9});
  const std::string q = "tensor<2x!quant.uniform<i8:f32, 0.5:3>>", qq = "tensor<4x!quant.uniform<i8:f32, 0.5:3>>";
  CHECK(run<int8_t>("nn.concat %a, %b {axis = 0 : i64} : (" + q + ", " + q + ") -> " + qq,
                    {operand<int8_t>(q, {1, 2}), operand<int8_t>(q, {3, 4})}) == std::vector<int8_t>{1, 2, 3, 4});
}

TEST_CASE("shift: along every axis") {
  const std::string w = "tensor<2x3x2xi16>", r = "tensor<2x2x2xi16>", s = "tensor<2x3x1xi16>";
  CHECK(run<int16_t>("nn.shift %a, %b {axis = 1 : i64} : (" + w + ", " + r + ") -> " + w,
                     {operand<int16_t>(w, counting<int16_t>(12, 0)), operand<int16_t>(r, counting<int16_t>(8, 20))}) ==
        std::vector<int16_t>{4, 5, 20, 21, 22, 23, 10, 11, 24, 25, 26, 27});
  CHECK(run<int16_t>("nn.shift %a, %b {axis = 2 : i64} : (" + w + ", " + s + ") -> " + w,
                     {operand<int16_t>(w, counting<int16_t>(12, 0)), operand<int16_t>(s, counting<int16_t>(6, 20))}) ==
        std::vector<int16_t>{1, 20, 3, 21, 5, 22, 7, 23, 9, 24, 11, 25});
  auto bad = [&](const std::string &axis, const std::string &rows) {
    return verifierMessage("nn.shift %a, %b {axis = " + axis + " : i64} : (" + w + ", " + rows + ") -> " + w,
                           {w, rows}) != "";
  };
  CHECK_FALSE(bad("1", r));
  CHECK(bad("2", r));
  CHECK(bad("3", r));
  CHECK(bad("1", "tensor<2x4x2xi16>"));
  CHECK(bad("1", "tensor<2x2x2xi32>"));
}

TEST_CASE("concat: folding and verification") {
  CHECK(foldsToOperand("nn.concat %a {axis = 0 : i64} : (tensor<2xf32>) -> tensor<2xf32>", {"tensor<2xf32>"}));
  const std::string t = "tensor<2x2xf32>";
  auto bad = [&](const std::string &axis, const std::string &b, const std::string &y) {
    return verifierMessage("nn.concat %a, %b {axis = " + axis + " : i64} : (" + t + ", " + b + ") -> " + y, {t, b}) !=
           "";
  };
  CHECK(bad("2", t, "tensor<4x2xf32>"));
  CHECK(bad("-1", t, "tensor<4x2xf32>"));
  CHECK(bad("0", "tensor<2x3xf32>", "tensor<4x2xf32>"));
  CHECK(bad("0", "tensor<2xf32>", "tensor<4x2xf32>"));
  CHECK(bad("0", "tensor<2x2xi32>", "tensor<4x2xf32>"));
  CHECK(bad("0", "tensor<2x2x!quant.uniform<i8:f32, 0.5:3>>", "tensor<4x2xf32>"));
  CHECK_FALSE(bad("0", t, "tensor<4x2xf32>"));
  CHECK(verifierMessage("\"nn.concat\"() {axis = 0 : i64} : () -> tensor<2xf32>", {}) != "");
  const std::string perAxis = "tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>";
  CHECK_THAT(verifierMessage("nn.concat %a, %b {axis = 0 : i64} : (" + perAxis + ", " + perAxis + ") -> " +
                                 "tensor<4x2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>",
                             {perAxis, perAxis}),
             Catch::Contains("scales"));
}

TEST_CASE("slice: starts, steps of both signs, on every element size") {
  struct Case {
    Shape x, starts, steps, sizes;
  };
  const std::vector<Case> cases = {
      {{5}, {1}, {1}, {3}},
      {{5}, {4}, {-1}, {5}},
      {{5}, {3}, {-2}, {2}},
      {{5}, {2}, {7}, {1}},
      {{2, 3, 4}, {0, 0, 0}, {1, 1, 1}, {2, 3, 4}},
      {{2, 3, 4}, {1, 2, 3}, {-1, -1, -1}, {2, 3, 4}},
      {{2, 3, 4}, {0, 1, 0}, {1, 1, 1}, {2, 2, 4}},
      {{2, 3, 4}, {0, 0, 3}, {1, 2, -3}, {2, 2, 2}},
      {{2, 3, 4}, {1, 0, 1}, {0, 1, 1}, {1, 3, 0}},
      {{}, {}, {}, {}},
  };
  for (const Case &c : cases) {
    auto check = [&]<typename T>(const std::string &element, T) {
      const auto x = counting<T>(size(c.x));
      std::vector<T> expected;
      forEachIndex(c.sizes, [&](const Shape &index) {
        Shape at;
        for (size_t i = 0; i < index.size(); ++i)
          at.push_back(c.starts[i] + index[i] * c.steps[i]);
        expected.push_back(x[static_cast<size_t>(offsetIn(c.x, at))]);
      });
      const std::string tx = tensorText(c.x, element), ty = tensorText(c.sizes, element);
      CHECK(run<T>(slice(tx, ty, c.starts, c.steps, c.sizes), {operand(tx, x)}) == expected);
    };
    check("i1", uint8_t{});
    check("bf16", uint16_t{});
    check("f32", float{});
    check("i64", int64_t{});
  }
}

TEST_CASE("slice: folding and verification") {
  const std::string t = "tensor<2x3xf32>";
  CHECK(foldsToOperand(slice(t, t, {0, 0}, {1, 1}, {2, 3}), {t}));
  CHECK(foldsToOperand(slice("tensor<1xf32>", "tensor<1xf32>", {0}, {-1}, {1}), {"tensor<1xf32>"}));
  CHECK_FALSE(foldsToOperand(slice(t, t, {1, 0}, {-1, 1}, {2, 3}), {t}));
  auto bad = [&](const Shape &starts, const Shape &steps, const Shape &sizes) {
    return verifierMessage(slice(t, tensorText(sizes, "f32"), starts, steps, sizes), {t}) != "";
  };
  CHECK_FALSE(bad({0, 2}, {1, -1}, {2, 3}));
  CHECK(bad({0, 2}, {1, -1}, {2, 4}));
  CHECK(bad({0, 3}, {1, 1}, {2, 1}));
  CHECK(bad({-1, 0}, {1, 1}, {1, 1}));
  CHECK(bad({0, 0}, {1, 0}, {2, 2}));
  CHECK(bad({0, 0}, {1, 4611686018427387904}, {2, 3}));
  CHECK(bad({0, 0, 0}, {1, 1}, {2, 3}));
  CHECK(bad({0, 0}, {1, 1}, {2}));
  CHECK(verifierMessage(slice(t, "tensor<2x3xi32>", {0, 0}, {1, 1}, {2, 3}), {t}) != "");
  // Other scales would give other values to the same bytes.
  CHECK(verifierMessage(
            slice("tensor<2x!quant.uniform<i8:f32, 0.5>>", "tensor<1x!quant.uniform<i8:f32, 0.25>>", {0}, {1}, {1}),
            {"tensor<2x!quant.uniform<i8:f32, 0.5>>"}) != "");
}

TEST_CASE("expand: every broadcast") {
  const std::vector<std::pair<Shape, Shape>> cases = {
      {{}, {3}},        {{1}, {2, 3}},          {{3}, {2, 3}}, {{2, 1}, {2, 3}}, {{2, 1, 2}, {4, 2, 3, 2}},
      {{2, 3}, {2, 3}}, {{1, 3, 1}, {2, 3, 2}}, {{1}, {0}},
  };
  for (const auto &[from, to] : cases) {
    const auto x = counting<float>(size(from));
    std::vector<float> expected;
    forEachIndex(to, [&](const Shape &index) { expected.push_back(x[static_cast<size_t>(offsetIn(from, index))]); });
    const std::string tx = tensorText(from, "f32");
    CHECK(run<float>("nn.expand %a : " + tx + " -> " + tensorText(to, "f32"), {floats(tx, x)}) == expected);
  }
}

TEST_CASE("expand: folding and verification") {
  CHECK(foldsToOperand("nn.expand %a : tensor<2xf32> -> tensor<2xf32>", {"tensor<2xf32>"}));
  CHECK(verifierMessage("nn.expand %a : tensor<2xf32> -> tensor<3xf32>", {"tensor<2xf32>"}) != "");
  CHECK(verifierMessage("nn.expand %a : tensor<2x3xf32> -> tensor<3xf32>", {"tensor<2x3xf32>"}) != "");
  CHECK(verifierMessage("nn.expand %a : tensor<2x3xf32> -> tensor<1x3xf32>", {"tensor<2x3xf32>"}) != "");
  CHECK(verifierMessage("nn.expand %a : tensor<2xf32> -> tensor<2xf64>", {"tensor<2xf32>"}) != "");
}

namespace {

/// The position in [0, n) that `at` repeats, or -1 for none (mode constant).
int64_t repeated(const std::string &mode, int64_t at, int64_t n) {
  if (at >= 0 && at < n)
    return at;
  if (mode == "constant")
    return -1;
  if (mode == "edge")
    return at < 0 ? 0 : n - 1;
  if (mode == "wrap")
    return repeated(mode, at < 0 ? at + n : at - n, n);
  if (n == 1)
    return 0;
  return repeated(mode, at < 0 ? -at : 2 * (n - 1) - at, n); // reflect about an end
}

/// Element by element: crop, then pad.
template <typename T>
std::vector<T> padded(const std::string &mode, const Shape &shape, const std::vector<T> &x, const Shape &lo,
                      const Shape &hi, T value) {
  Shape y;
  for (size_t i = 0; i < shape.size(); ++i)
    y.push_back(shape[i] + lo[i] + hi[i]);
  std::vector<T> out;
  forEachIndex(y, [&](const Shape &index) {
    Shape at;
    bool outside = false;
    for (size_t i = 0; i < shape.size(); ++i) {
      const int64_t cropped = std::max<int64_t>(0, -lo[i]), kept = shape[i] - cropped - std::max<int64_t>(0, -hi[i]);
      const int64_t from = repeated(mode, index[i] - std::max<int64_t>(0, lo[i]), kept);
      outside |= from < 0;
      at.push_back(cropped + from);
    }
    out.push_back(outside ? value : x[static_cast<size_t>(offsetIn(shape, at))]);
  });
  return out;
}

} // namespace

TEST_CASE("pad: every mode, growing and cropping") {
  struct Case {
    Shape x, lo, hi;
  };
  const std::vector<Case> cases = {
      {{5}, {2}, {3}},
      {{5}, {0}, {0}},
      {{5}, {-1}, {-2}},
      {{5}, {-2}, {1}},
      {{2}, {5}, {4}},
      {{1}, {2}, {2}},
      {{3, 4}, {1, 2}, {2, 1}},
      {{3, 4}, {-1, 2}, {2, -1}},
      {{1, 3, 4, 2}, {0, 1, 1, 0}, {0, 1, 1, 0}},
      {{2, 3, 2}, {1, 2, 1}, {0, 1, 1}},
  };
  for (const std::string mode : {"constant", "edge", "reflect", "wrap"})
    for (const Case &c : cases) {
      Shape y;
      for (size_t i = 0; i < c.x.size(); ++i)
        y.push_back(c.x[i] + c.lo[i] + c.hi[i]);
      INFO(mode << " " << arrayText(c.x) << " by " << arrayText(c.lo) << " and " << arrayText(c.hi));
      auto check = [&]<typename T>(const std::string &element, T zero) {
        const auto x = counting<T>(size(c.x), 1);
        const std::string tx = tensorText(c.x, element);
        CHECK(run<T>(pad(mode, tx, tensorText(y, element), c.lo, c.hi), {operand(tx, x)}) ==
              padded<T>(mode, c.x, x, c.lo, c.hi, zero));
      };
      check("f32", 0.0f);
      check("i8", int8_t{0});
      check("f64", 0.0);
      check("!quant.uniform<u8:f32, 0.5:200>", uint8_t{200});
      check("!quant.uniform<i16:f32, 0.5:-300>", int16_t{-300});
    }
}

TEST_CASE("pad: a given value, and nothing left of x") {
  CHECK(run<float>("nn.pad constant %a, %b {lo = array<i64: 1>, hi = array<i64: 1>} : (tensor<2xf32>, tensor<f32>) -> "
                   "tensor<4xf32>",
                   {floats("tensor<2xf32>", {1, 2}), floats("tensor<f32>", {-infinity})}) ==
        std::vector<float>{-infinity, 1, 2, -infinity});
  CHECK(run<float>(pad("constant", "tensor<2x0xf32>", "tensor<2x2xf32>", {0, 1}, {0, 1}),
                   {floats("tensor<2x0xf32>", {})}) == std::vector<float>{0, 0, 0, 0});
  CHECK(run<float>(pad("constant", "tensor<2xf32>", "tensor<1xf32>", {3}, {-4}), {floats("tensor<2xf32>", {1, 2})}) ==
        std::vector<float>{0});
  CHECK(
      run<float>(pad("edge", "tensor<2xf32>", "tensor<0xf32>", {-1}, {-1}), {floats("tensor<2xf32>", {1, 2})}).empty());
}

TEST_CASE("pad: calls are few, and none moves an element twice") {
  const std::string x = "tensor<1x8x8x4xf32>", y = "tensor<1x10x10x4xf32>";
  CHECK(kernelsOf(pad("edge", x, y, {0, 1, 1, 0}, {0, 1, 1, 0}), {x}).size() == 5);
  CHECK(kernelsOf(pad("constant", x, y, {0, 1, 1, 0}, {0, 1, 1, 0}), {x}).size() == 5);
  // Cropping alone needs no value.
  CHECK(kernelsOf(pad("constant", y, x, {0, -1, -1, 0}, {0, -1, -1, 0}), {y}) == std::vector<std::string>{"copy"});
}

TEST_CASE("pad: folding and verification") {
  const std::string t = "tensor<2xf32>";
  CHECK(foldsToOperand(pad("reflect", t, t, {0}, {0}), {t}));
  CHECK_FALSE(foldsToOperand(pad("reflect", t, t, {1}, {-1}), {t}));
  CHECK(verifierMessage(pad("constant", t, "tensor<4xf32>", {1}, {2}), {t}) != "");
  CHECK(verifierMessage(pad("constant", t, "tensor<4xf32>", {1, 1}, {1, 1}), {t}) != "");
  CHECK(verifierMessage(pad("constant", t, t, {-3}, {0}), {t}) != "");
  CHECK(verifierMessage(pad("constant", t, t, {9223372036854775807}, {1}), {t}) != "");
  CHECK_THAT(verifierMessage(pad("edge", "tensor<0xf32>", t, {1}, {1}), {"tensor<0xf32>"}), Catch::Contains("repeat"));
  CHECK(verifierMessage("nn.pad edge %a, %b {lo = array<i64: 1>, hi = array<i64: 1>} : (tensor<2xf32>, tensor<f32>) -> "
                        "tensor<4xf32>",
                        {t, "tensor<f32>"}) != "");
  CHECK(verifierMessage(
            "nn.pad constant %a, %b {lo = array<i64: 1>, hi = array<i64: 1>} : (tensor<2xf32>, tensor<2xf32>) -> "
            "tensor<4xf32>",
            {t, t}) != "");
  const std::string perAxis = "tensor<2x2x!quant.uniform<i8:f32:0, {0.5:1, 1.0:2}>>";
  CHECK_THAT(
      loweringMessage(pad("constant", perAxis, "tensor<2x4x!quant.uniform<i8:f32:0, {0.5:1, 1.0:2}>>", {0, 1}, {0, 1}),
                      {perAxis}),
      Catch::Contains("BRN1401"));
}
