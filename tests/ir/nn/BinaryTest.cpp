// nn.binary, nn.compare, nn.select.
#include "tests/ir/nn/OpsSupport.h"

#include <cmath>
#include <functional>

using namespace burin::test;
using Shape = std::vector<int64_t>;

namespace {

/// y[index] = f(a[index], b[index]), indices of extent 1 counting as 0.
template <typename Y, typename T, typename F>
std::vector<Y> broadcast(const Shape &sa, const std::vector<T> &a, const Shape &sb, const std::vector<T> &b,
                         const Shape &sy, const F &f) {
  std::vector<Y> y;
  forEachIndex(sy, [&](const Shape &index) {
    y.push_back(f(a[static_cast<size_t>(offsetIn(sa, index))], b[static_cast<size_t>(offsetIn(sb, index))]));
  });
  return y;
}

std::string binary(const std::string &kind, const std::string &a, const std::string &b, const std::string &y,
                   const std::string &attributes = "") {
  return "nn.binary " + kind + " %a, %b " + attributes + " : (" + a + ", " + b + ") -> " + y;
}

template <typename T>
std::vector<T> onPair(const std::string &kind, const std::string &type, const std::vector<T> &a,
                      const std::vector<T> &b) {
  return run<T>(binary(kind, type, type, type), {operand(type, a), operand(type, b)});
}

struct Pattern {
  Shape a, b, y;
};
const std::vector<Pattern> patterns = {
    {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}},
    {{2, 3, 4}, {4}, {2, 3, 4}},
    {{4}, {2, 3, 4}, {2, 3, 4}},
    {{2, 3, 4}, {3, 1}, {2, 3, 4}},
    {{2, 3, 4}, {2, 1, 1}, {2, 3, 4}},
    {{2, 3, 4}, {2, 1, 4}, {2, 3, 4}},
    {{2, 3, 4}, {}, {2, 3, 4}},
    {{}, {3}, {3}},
    {{}, {}, {}},
    {{1, 1}, {1}, {1, 1}},
    {{3, 1}, {1, 4}, {3, 4}},
    {{2, 1, 4, 1}, {3, 1, 5}, {2, 3, 4, 5}},
    {{2, 0}, {1}, {2, 0}},
    {{1, 3, 1, 2}, {5, 1, 4, 1}, {5, 3, 4, 2}},
};

} // namespace

TEST_CASE("binary: every broadcast") {
  for (const Pattern &p : patterns) {
    const auto a = counting<float>(size(p.a)), b = counting<float>(size(p.b), 100, 10);
    const std::string ta = tensorText(p.a, "f32"), tb = tensorText(p.b, "f32");
    CHECK(run<float>(binary("sub", ta, tb, tensorText(p.y, "f32")), {floats(ta, a), floats(tb, b)}) ==
          broadcast<float>(p.a, a, p.b, b, p.y, [](float u, float v) { return u - v; }));
  }
}

TEST_CASE("binary: runs are as long as the broadcast allows") {
  const std::string x = "tensor<2x3x4x5xf32>", channel = "tensor<5xf32>";
  CHECK(kernelsOf(binary("add", x, channel, x), {x, channel}) == std::vector<std::string>{"add_f32"});
  CHECK(mayOverwrite(binary("add", x, channel, x), {x, channel}, 0));
  CHECK_FALSE(mayOverwrite(binary("add", x, channel, x), {x, channel}, 1));
}

TEST_CASE("binary: float kinds") {
  const std::string t = "tensor<4xf32>";
  const std::vector<float> a = {-7, 7, -2, 0.5f}, b = {3, -3, 2, 2};
  checkClose(onPair<float>("add", t, a, b), {-4, 4, 0, 2.5});
  checkClose(onPair<float>("sub", t, a, b), {-10, 10, -4, -1.5});
  checkClose(onPair<float>("mul", t, a, b), {-21, -21, -4, 1});
  checkClose(onPair<float>("div", t, a, b), {-7.0 / 3, -7.0 / 3, -1, 0.25});
  checkClose(onPair<float>("min", t, a, b), {-7, -3, -2, 0.5});
  checkClose(onPair<float>("max", t, a, b), {3, 7, 2, 2});
  checkClose(onPair<float>("pow", t, a, b), {-343, 1.0 / 343, 4, 0.25});
  checkClose(onPair<float>("mod", t, a, b), {2, -2, 0, 0.5});
  checkClose(onPair<float>("fmod", t, a, b), {-1, 1, 0, 0.5});
  checkClose(onPair<float>("prelu", t, a, b), {-21, 7, -4, 0.5});
  checkClose(onPair<float>("max", t, {notANumber, 1, infinity, 0}, {1, notANumber, 1, 0}),
             {notANumber, notANumber, infinity, 0});
}

TEST_CASE("binary: integer and bool kinds") {
  const std::string s = "tensor<3xi8>", u = "tensor<3xui8>", b = "tensor<4xi1>";
  CHECK(onPair<int8_t>("add", s, {127, -128, 5}, {1, -1, 6}) == std::vector<int8_t>{-128, 127, 11});
  CHECK(onPair<int8_t>("mod", s, {-7, 7, -6}, {3, -3, 3}) == std::vector<int8_t>{2, -2, 0});
  CHECK(onPair<int8_t>("fmod", s, {-7, 7, -6}, {3, -3, 3}) == std::vector<int8_t>{-1, 1, 0});
  CHECK(onPair<int32_t>("pow", "tensor<2xi32>", {-3, 2}, {3, 10}) == std::vector<int32_t>{-27, 1024});
  CHECK(onPair<uint8_t>("sub", u, {1, 5, 9}, {2, 5, 3}) == std::vector<uint8_t>{255, 0, 6});
  CHECK(onPair<uint8_t>("bitwise_and", u, {12, 255, 0}, {10, 15, 1}) == std::vector<uint8_t>{8, 15, 0});
  CHECK(onPair<uint8_t>("bitwise_or", u, {12, 240, 0}, {10, 15, 1}) == std::vector<uint8_t>{14, 255, 1});
  CHECK(onPair<uint8_t>("bitwise_xor", u, {12, 255, 0}, {10, 15, 1}) == std::vector<uint8_t>{6, 240, 1});
  CHECK(onPair<uint8_t>("shift_left", u, {1, 129, 3}, {3, 1, 9}) == std::vector<uint8_t>{8, 2, 0});
  CHECK(onPair<uint8_t>("shift_right", u, {8, 129, 3}, {3, 1, 9}) == std::vector<uint8_t>{1, 64, 0});
  CHECK(onPair<uint8_t>("logical_and", b, {0, 0, 1, 1}, {0, 1, 0, 1}) == std::vector<uint8_t>{0, 0, 0, 1});
  CHECK(onPair<uint8_t>("logical_or", b, {0, 0, 1, 1}, {0, 1, 0, 1}) == std::vector<uint8_t>{0, 1, 1, 1});
  CHECK(onPair<uint8_t>("logical_xor", b, {0, 0, 1, 1}, {0, 1, 0, 1}) == std::vector<uint8_t>{0, 1, 1, 0});
}

TEST_CASE("binary: float16 computes in float") {
  const std::string a = "tensor<2x2xf16>", b = "tensor<2xf16>";
  auto half = [](std::vector<double> values) {
    std::vector<uint16_t> bits;
    for (double v : values)
      bits.push_back(toF16(v));
    return bits;
  };
  CHECK(run<uint16_t>(binary("mul", a, b, a, "{act_lo = 0.0 : f64}"),
                      {operand(a, half({1, 2, -3, 4.5})), operand(b, half({0.5, 2}))}) == half({0.5, 4, 0, 9}));
}

TEST_CASE("binary: the fused clamp") {
  const std::string t = "tensor<4xf32>";
  auto clamped = [&](const std::string &attributes) {
    return run<float>(binary("add", t, t, t, attributes),
                      {floats(t, {-5, -1, 1, 5}), floats(t, {0, 0, 0, notANumber})});
  };
  checkClose(clamped("{act_lo = -2.0 : f64, act_hi = 0.5 : f64}"), {-2, -1, 0.5, notANumber});
  checkClose(clamped("{act_lo = 0.0 : f64}"), {0, 0, 1, notANumber});
  checkClose(clamped("{act_hi = 0.0 : f64}"), {-5, -1, 0, notANumber});
}

TEST_CASE("binary: verification and missing kernels") {
  CHECK(verifierMessage(binary("add", "tensor<2xf32>", "tensor<3xf32>", "tensor<3xf32>"),
                        {"tensor<2xf32>", "tensor<3xf32>"}) != "");
  CHECK_THAT(verifierMessage(binary("add", "tensor<2xf32>", "tensor<2xf64>", "tensor<2xf32>"),
                             {"tensor<2xf32>", "tensor<2xf64>"}),
             Catch::Contains("element types"));
  CHECK(verifierMessage(binary("add", "tensor<2xf32>", "tensor<2xf32>", "tensor<2xi32>"),
                        {"tensor<2xf32>", "tensor<2xf32>"}) != "");
  CHECK_THAT(verifierMessage(binary("add", "tensor<2xi8>", "tensor<2xi8>", "tensor<2xi8>", "{act_lo = 0.0 : f64}"),
                             {"tensor<2xi8>", "tensor<2xi8>"}),
             Catch::Contains("clamp"));
  CHECK_THAT(
      loweringMessage(binary("add", "tensor<2xi1>", "tensor<2xi1>", "tensor<2xi1>"), {"tensor<2xi1>", "tensor<2xi1>"}),
      Catch::Contains("BRN1204"));
  CHECK_THAT(loweringMessage(binary("logical_and", "tensor<2xf32>", "tensor<2xf32>", "tensor<2xf32>"),
                             {"tensor<2xf32>", "tensor<2xf32>"}),
             Catch::Contains("BRN1204"));
}

TEST_CASE("compare: kinds, broadcasts, types") {
  const Shape sa = {2, 1, 3}, sb = {2, 1}, sy = {2, 2, 3};
  const std::vector<float> a = {0, 1, 2, 3, 4, notANumber}, b = {2, 3};
  const std::vector<std::pair<std::string, std::function<uint8_t(float, float)>>> kinds = {
      {"equal", [](float u, float v) { return u == v; }},
      {"less", [](float u, float v) { return u < v; }},
      {"less_equal", [](float u, float v) { return u <= v; }},
      {"greater", [](float u, float v) { return u > v; }},
      {"greater_equal", [](float u, float v) { return u >= v; }}};
  for (const auto &[kind, f] : kinds)
    CHECK(run<uint8_t>("nn.compare " + kind + " %a, %b : (tensor<2x1x3xf32>, tensor<2x1xf32>) -> tensor<2x2x3xi1>",
                       {floats("tensor<2x1x3xf32>", a), floats("tensor<2x1xf32>", b)}) ==
          broadcast<uint8_t>(sa, a, sb, b, sy, f));
  auto less = [](const std::string &t) { return "nn.compare less %a, %b : (" + t + ", " + t + ") -> tensor<2xi1>"; };
  CHECK(run<uint8_t>(less("tensor<2xui64>"), {operand<uint64_t>("tensor<2xui64>", {~uint64_t{0}, 1}),
                                              operand<uint64_t>("tensor<2xui64>", {1, 2})}) ==
        std::vector<uint8_t>{0, 1});
  CHECK(run<uint8_t>(less("tensor<2xf16>"), {operand<uint16_t>("tensor<2xf16>", {toF16(-1), toF16(2)}),
                                             operand<uint16_t>("tensor<2xf16>", {toF16(1), toF16(1)})}) ==
        std::vector<uint8_t>{1, 0});
  const std::string q = "tensor<2x!quant.uniform<i8:f32, 0.5:3>>";
  CHECK(run<uint8_t>(less(q), {operand<int8_t>(q, {-128, 5}), operand<int8_t>(q, {127, 5})}) ==
        std::vector<uint8_t>{1, 0});
}

TEST_CASE("compare: verification and missing kernels") {
  auto compare = [](const std::string &a, const std::string &b) {
    return "nn.compare less %a, %b : (" + a + ", " + b + ") -> tensor<2xi1>";
  };
  CHECK(verifierMessage(compare("tensor<2xf32>", "tensor<2xi32>"), {"tensor<2xf32>", "tensor<2xi32>"}) != "");
  CHECK(verifierMessage(compare("tensor<2xf32>", "tensor<3xf32>"), {"tensor<2xf32>", "tensor<3xf32>"}) != "");
  const std::string q = "tensor<2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>";
  CHECK(verifierMessage(compare(q, q), {q, q}) != "");
  CHECK_THAT(loweringMessage(compare("tensor<2xi1>", "tensor<2xi1>"), {"tensor<2xi1>", "tensor<2xi1>"}),
             Catch::Contains("BRN1204"));
}

TEST_CASE("select: three-way broadcast on every element size") {
  const Shape sc = {2, 1}, sa = {1, 2, 3}, sb = {2, 1, 1}, sy = {2, 2, 3};
  const std::vector<uint8_t> c = {1, 0};
  auto check = [&]<typename T>(const std::string &element, T) {
    const auto a = counting<T>(6), b = counting<T>(2, 50);
    std::vector<T> expected;
    forEachIndex(sy, [&](const Shape &i) {
      expected.push_back(c[size_t(offsetIn(sc, i))] ? a[size_t(offsetIn(sa, i))] : b[size_t(offsetIn(sb, i))]);
    });
    const std::string ta = tensorText(sa, element), tb = tensorText(sb, element);
    CHECK(run<T>("nn.select %a, %b, %c : (tensor<2x1xi1>, " + ta + ", " + tb + ") -> " + tensorText(sy, element),
                 {operand("tensor<2x1xi1>", c), operand(ta, a), operand(tb, b)}) == expected);
  };
  check("i8", int8_t{});
  check("f16", uint16_t{});
  check("f32", float{});
  check("f64", double{});
  check("!quant.uniform<u8:f32, 0.5:3>", uint8_t{});
}

TEST_CASE("select: in place, empty, and what doesn't verify") {
  const std::string t = "tensor<4xf32>", text = "nn.select %a, %b, %c : (tensor<4xi1>, " + t + ", " + t + ") -> " + t;
  CHECK(mayOverwrite(text, {"tensor<4xi1>", t, t}, 1));
  CHECK_FALSE(mayOverwrite(text, {"tensor<4xi1>", t, t}, 0));
  CHECK(run<float>(text, {operand<uint8_t>("tensor<4xi1>", {1, 0, 1, 0}), floats(t, {1, 2, 3, 4}),
                          floats(t, {5, 6, 7, 8})}) == std::vector<float>{1, 6, 3, 8});
  CHECK(run<float>("nn.select %a, %b, %c : (tensor<0xi1>, tensor<f32>, tensor<f32>) -> tensor<0xf32>",
                   {operand<uint8_t>("tensor<0xi1>", {}), floats("tensor<f32>", {1}), floats("tensor<f32>", {2})})
            .empty());
  CHECK(verifierMessage("nn.select %a, %b, %c : (tensor<4xi8>, " + t + ", " + t + ") -> " + t,
                        {"tensor<4xi8>", t, t}) != "");
  CHECK(verifierMessage("nn.select %a, %b, %c : (tensor<4xi1>, " + t + ", tensor<4xi32>) -> " + t,
                        {"tensor<4xi1>", t, "tensor<4xi32>"}) != "");
  CHECK(verifierMessage("nn.select %a, %b, %c : (tensor<3xi1>, " + t + ", " + t + ") -> " + t,
                        {"tensor<3xi1>", t, t}) != "");
}
