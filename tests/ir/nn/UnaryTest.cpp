// nn.unary, nn.clamp, nn.cast, nn.storage_cast.
#include "tests/ir/nn/OpsSupport.h"

#include <array>
#include <cmath>
#include <functional>
#include <limits>

using namespace burin::test;

namespace {

std::string unary(const std::string &kind, const std::string &type, const std::string &attributes = "") {
  return "nn.unary " + kind + " %a " + attributes + " : (" + type + ") -> " + type;
}

struct Formula {
  std::string kind, attributes;
  std::function<double(double)> f;
};

double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }
double unit(double v) { return std::min(1.0, std::max(0.0, v)); }

/// The formulas of ops/Unary.td, in double.
const std::vector<Formula> &formulas() {
  static const std::vector<Formula> all = {
      {"abs", "", [](double v) { return std::fabs(v); }},
      {"neg", "", [](double v) { return -v; }},
      {"exp", "", [](double v) { return std::exp(v); }},
      {"ceil", "", [](double v) { return std::ceil(v); }},
      {"floor", "", [](double v) { return std::floor(v); }},
      {"round", "", [](double v) { return std::nearbyint(v); }},
      {"sin", "", [](double v) { return std::sin(v); }},
      {"cos", "", [](double v) { return std::cos(v); }},
      {"tan", "", [](double v) { return std::tan(v); }},
      {"atan", "", [](double v) { return std::atan(v); }},
      {"sinh", "", [](double v) { return std::sinh(v); }},
      {"cosh", "", [](double v) { return std::cosh(v); }},
      {"tanh", "", [](double v) { return std::tanh(v); }},
      {"asinh", "", [](double v) { return std::asinh(v); }},
      {"erf", "", [](double v) { return std::erf(v); }},
      {"sigmoid", "", sigmoid},
      {"softplus", "", [](double v) { return std::log1p(std::exp(v)); }},
      {"softsign", "", [](double v) { return v / (1 + std::fabs(v)); }},
      {"sign", "", [](double v) { return (v > 0) - (v < 0); }},
      {"reciprocal", "", [](double v) { return 1 / v; }},
      {"relu", "", [](double v) { return std::max(v, 0.0); }},
      {"hardswish", "", [](double v) { return v * unit(v / 6 + 0.5); }},
      {"mish", "", [](double v) { return v * std::tanh(std::log1p(std::exp(v))); }},
      {"gelu", "", [](double v) { return v / 2 * (1 + std::erf(v / std::sqrt(2.0))); }},
      {"gelu_tanh", "",
       [](double v) { return v / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))); }},
      {"leaky_relu", "{alpha = 0.25 : f64}", [](double v) { return v < 0 ? 0.25 * v : v; }},
      {"elu", "{alpha = 2.0 : f64}", [](double v) { return v < 0 ? 2 * (std::exp(v) - 1) : v; }},
      {"celu", "{alpha = 2.0 : f64}",
       [](double v) { return std::max(0.0, v) + std::min(0.0, 2 * (std::exp(v / 2) - 1)); }},
      {"selu", "{alpha = 1.5 : f64, beta = 3.0 : f64}",
       [](double v) { return 3 * (v > 0 ? v : 1.5 * (std::exp(v) - 1)); }},
      {"hard_sigmoid", "{alpha = 0.25 : f64, beta = 0.5 : f64}", [](double v) { return unit(0.25 * v + 0.5); }},
      {"thresholded_relu", "{alpha = 1.0 : f64}", [](double v) { return v > 1 ? v : 0; }},
      {"shrink", "{alpha = 0.5 : f64, beta = 1.0 : f64}",
       [](double v) { return v < -1  ? v + 0.5
                             : v > 1 ? v - 0.5
                                     : 0; }},
      {"swish", "{alpha = 1.5 : f64}", [](double v) { return v * sigmoid(1.5 * v); }},
  };
  return all;
}

const std::vector<float> samples = {-3, -1.5, -1, -0.5, 0.25, 0.5, 1, 1.5, 2.5, 3.5};

} // namespace

TEST_CASE("unary: every formula on f32, f64, f16 and bf16") {
  for (const Formula &formula : formulas()) {
    INFO(formula.kind);
    std::vector<double> wide(samples.begin(), samples.end()), expected;
    std::vector<uint16_t> half, brain;
    for (double v : wide) {
      expected.push_back(formula.f(v));
      half.push_back(toF16(v));
      brain.push_back(toBf16(v));
    }
    auto text = [&](const std::string &type) { return unary(formula.kind, type, formula.attributes); };
    checkClose(run<float>(text("tensor<2x5xf32>"), {operand("tensor<2x5xf32>", samples)}), expected);
    checkClose(run<double>(text("tensor<10xf64>"), {operand("tensor<10xf64>", wide)}), expected, 1e-12);
    std::vector<double> fromHalf, fromBrain;
    for (uint16_t bits : run<uint16_t>(text("tensor<10xf16>"), {operand("tensor<10xf16>", half)}))
      fromHalf.push_back(fromF16(bits));
    for (uint16_t bits : run<uint16_t>(text("tensor<10xbf16>"), {operand("tensor<10xbf16>", brain)}))
      fromBrain.push_back(fromBf16(bits));
    checkClose(fromHalf, expected, 1e-3);
    checkClose(fromBrain, expected, 1e-2);
  }
}

TEST_CASE("unary: functions of a limited domain") {
  const std::string t = "tensor<3xf32>";
  checkClose(run<float>(unary("log", t), {floats(t, {1, 2, 0})}), {0, std::log(2.0), -infinity});
  checkClose(run<float>(unary("sqrt", t), {floats(t, {0, 2, -1})}), {0, std::sqrt(2.0), notANumber});
  checkClose(run<float>(unary("asin", t), {floats(t, {-1, 0.5, 1})}),
             {std::asin(-1.0), std::asin(0.5), std::asin(1.0)});
  checkClose(run<float>(unary("acos", t), {floats(t, {-1, 0.5, 1})}), {std::acos(-1.0), std::acos(0.5), 0});
  checkClose(run<float>(unary("acosh", t), {floats(t, {1, 2, 3})}), {0, std::acosh(2.0), std::acosh(3.0)});
  checkClose(run<float>(unary("atanh", t), {floats(t, {-0.5, 0, 0.5})}), {std::atanh(-0.5), 0, std::atanh(0.5)});
}

TEST_CASE("unary: integers and bool") {
  CHECK(run<int8_t>(unary("abs", "tensor<3xi8>"), {operand<int8_t>("tensor<3xi8>", {-5, 0, 7})}) ==
        std::vector<int8_t>{5, 0, 7});
  CHECK(run<int32_t>(unary("neg", "tensor<3xi32>"), {operand<int32_t>("tensor<3xi32>", {-5, 0, 7})}) ==
        std::vector<int32_t>{5, 0, -7});
  CHECK(run<int64_t>(unary("sign", "tensor<3xi64>"), {operand<int64_t>("tensor<3xi64>", {-5, 0, 7})}) ==
        std::vector<int64_t>{-1, 0, 1});
  CHECK(run<int16_t>(unary("relu", "tensor<3xi16>"), {operand<int16_t>("tensor<3xi16>", {-5, 0, 7})}) ==
        std::vector<int16_t>{0, 0, 7});
  CHECK(run<uint16_t>(unary("bitwise_not", "tensor<2xui16>"), {operand<uint16_t>("tensor<2xui16>", {0, 0xf0f0})}) ==
        std::vector<uint16_t>{0xffff, 0x0f0f});
  CHECK(run<uint8_t>(unary("logical_not", "tensor<2xi1>"), {operand<uint8_t>("tensor<2xi1>", {0, 1})}) ==
        std::vector<uint8_t>{1, 0});
}

TEST_CASE("unary: is_nan and is_inf give bool") {
  const std::vector<float> x = {1, notANumber, infinity, -infinity};
  auto test = [&](const std::string &kind, const std::string &attributes) {
    return run<uint8_t>("nn.unary " + kind + " %a " + attributes + " : (tensor<4xf32>) -> tensor<4xi1>",
                        {floats("tensor<4xf32>", x)});
  };
  CHECK(test("is_nan", "") == std::vector<uint8_t>{0, 1, 0, 0});
  CHECK(test("is_inf", "{alpha = 1.0 : f64, beta = 1.0 : f64}") == std::vector<uint8_t>{0, 0, 1, 1});
  CHECK(test("is_inf", "{alpha = 1.0 : f64, beta = 0.0 : f64}") == std::vector<uint8_t>{0, 0, 0, 1});
  CHECK(test("is_inf", "{alpha = 0.0 : f64, beta = 1.0 : f64}") == std::vector<uint8_t>{0, 0, 1, 0});
  CHECK(run<uint8_t>("nn.unary is_nan %a : (tensor<2xf16>) -> tensor<2xi1>",
                     {operand<uint16_t>("tensor<2xf16>", {0x7e00, toF16(1)})}) == std::vector<uint8_t>{1, 0});
  CHECK(verifierMessage("nn.unary is_nan %a : (tensor<4xf32>) -> tensor<4xf32>", {"tensor<4xf32>"}) != "");
}

TEST_CASE("unary: empty tensors and scalars") {
  CHECK(run<float>(unary("exp", "tensor<2x0xf32>"), {floats("tensor<2x0xf32>", {})}).empty());
  CHECK(run<float>(unary("neg", "tensor<f32>"), {floats("tensor<f32>", {2})}) == std::vector<float>{-2});
}

TEST_CASE("unary: what has no kernel is refused with a number") {
  CHECK_THAT(loweringMessage(unary("exp", "tensor<2xi32>"), {"tensor<2xi32>"}), Catch::Contains("BRN1204"));
  CHECK_THAT(loweringMessage(unary("exp", "tensor<2xi4>"), {"tensor<2xi4>"}), Catch::Contains("BRN1204"));
  CHECK(verifierMessage("nn.unary exp %a : (tensor<2xf32>) -> tensor<3xf32>", {"tensor<2xf32>"}) != "");
  CHECK(verifierMessage("nn.unary exp %a : (tensor<2xf32>) -> tensor<2xf64>", {"tensor<2xf32>"}) != "");
}

namespace {

/// Q(f(DQ(x))) for all 256 stored values, in the order -128 … 127 or 0 … 255. The scales used here are powers of two or
/// so chosen that double and float agree.
template <typename X, typename Y>
std::vector<Y> quantised(const std::function<double(double)> &f, double sx, int zx, double sy, int zy, int lo, int hi) {
  std::vector<Y> out;
  for (int q = std::numeric_limits<X>::min(); q <= std::numeric_limits<X>::max(); ++q)
    out.push_back(static_cast<Y>(std::clamp(std::nearbyint(f((q - zx) * sx) / sy) + zy, double(lo), double(hi))));
  return out;
}

template <typename T> Operand allBytes(const std::string &type) {
  std::vector<T> values;
  for (int q = std::numeric_limits<T>::min(); q <= std::numeric_limits<T>::max(); ++q)
    values.push_back(static_cast<T>(q));
  return operand(type, values);
}

const std::string s8 = "tensor<256x!quant.uniform<i8:f32, 5.000000e-01:3>>";
const std::string u8 = "tensor<256x!quant.uniform<u8:f32, 6.250000e-02:128>>";
const std::string narrow = "tensor<256x!quant.uniform<i8<-127:127>:f32, 6.250000e-02:-5>>";

} // namespace

TEST_CASE("unary: quantised tensors go through a table") {
  auto tanh = [](double v) { return std::tanh(v); };
  CHECK(run<uint8_t>("nn.unary tanh %a : (" + s8 + ") -> " + u8, {allBytes<int8_t>(s8)}) ==
        quantised<int8_t, uint8_t>(tanh, 0.5, 3, 0.0625, 128, 0, 255));
  CHECK(run<int8_t>("nn.unary abs %a : (" + u8 + ") -> " + narrow, {allBytes<uint8_t>(u8)}) ==
        quantised<uint8_t, int8_t>([](double v) { return std::fabs(v); }, 0.0625, 128, 0.0625, -5, -127, 127));
  CHECK(run<int8_t>("nn.unary leaky_relu %a {alpha = 0.25 : f64} : (" + s8 + ") -> " + s8, {allBytes<int8_t>(s8)}) ==
        quantised<int8_t, int8_t>([](double v) { return v < 0 ? v / 4 : v; }, 0.5, 3, 0.5, 3, -128, 127));
  CHECK(kernelsOf("nn.unary tanh %a : (" + s8 + ") -> " + u8, {s8}) == std::vector<std::string>{"lookup_8"});
}

TEST_CASE("unary: a table that changes nothing is a view") {
  const std::string positive = "tensor<256x!quant.uniform<u8:f32, 6.250000e-02>>";
  CHECK(isView("nn.unary abs %a : (" + positive + ") -> " + positive, {positive}));
  CHECK_FALSE(isView("nn.unary abs %a : (" + u8 + ") -> " + u8, {u8}));
  CHECK(run<uint8_t>("nn.unary relu %a : (" + positive + ") -> " + positive, {allBytes<uint8_t>(positive)}) ==
        run<uint8_t>("nn.storage_cast %a : " + positive + " -> tensor<256xui8>", {allBytes<uint8_t>(positive)}));
}

TEST_CASE("unary: quantised forms that aren't a table are refused") {
  const std::string perAxis = "tensor<2x!quant.uniform<i8:f32:0, {1.0, 2.0}>>",
                    wide = "tensor<2x!quant.uniform<i16:f32, 1.0>>";
  CHECK_THAT(loweringMessage("nn.unary exp %a : (" + perAxis + ") -> " + perAxis, {perAxis}),
             Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage("nn.unary sin %a : (" + wide + ") -> " + wide, {wide}), Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage("nn.unary exp %a : (tensor<256xf32>) -> " + s8, {"tensor<256xf32>"}),
             Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage("nn.unary bitwise_not %a : (" + s8 + ") -> " + s8, {s8}), Catch::Contains("BRN1401"));
}

TEST_CASE("clamp: floats") {
  const std::string t = "tensor<5xf32>";
  auto clamp = [&](const std::string &lo, const std::string &hi, const std::vector<float> &x) {
    return run<float>("nn.clamp %a {lo = " + lo + " : f64, hi = " + hi + " : f64} : (" + t + ") -> " + t,
                      {floats(t, x)});
  };
  const std::string minusInf = "0xFFF0000000000000", plusInf = "0x7FF0000000000000";
  checkClose(clamp("-1.0", "2.0", {-3, -1, 0, 5, notANumber}), {-1, -1, 0, 2, notANumber});
  checkClose(clamp("0.0", plusInf, {-3, -infinity, 0, infinity, notANumber}), {0, 0, 0, infinity, notANumber});
  checkClose(clamp(minusInf, "1.0", {-3, -infinity, 0, infinity, notANumber}), {-3, -infinity, 0, 1, notANumber});
  checkClose(clamp("2.0", "1.0", {-3, 0, 1, 2, 5}), {1, 1, 1, 1, 1}); // min(max(x, lo), hi)
  const std::string h = "tensor<2xf16>";
  CHECK(run<uint16_t>("nn.clamp %a {lo = -1.0 : f64, hi = 2.0 : f64} : (" + h + ") -> " + h,
                      {operand<uint16_t>(h, {toF16(-3), toF16(1.5)})}) == std::vector<uint16_t>{toF16(-1), toF16(1.5)});
}

TEST_CASE("clamp: quantised tensors, requantising too") {
  auto clamped = [](double v) { return std::min(2.0, std::max(-1.0, v)); };
  const std::string bounds = " {lo = -1.0 : f64, hi = 2.0 : f64} : (";
  CHECK(run<int8_t>("nn.clamp %a" + bounds + s8 + ") -> " + s8, {allBytes<int8_t>(s8)}) ==
        quantised<int8_t, int8_t>(clamped, 0.5, 3, 0.5, 3, -128, 127));
  CHECK(run<int8_t>("nn.clamp %a" + bounds + u8 + ") -> " + narrow, {allBytes<uint8_t>(u8)}) ==
        quantised<uint8_t, int8_t>(clamped, 0.0625, 128, 0.0625, -5, -127, 127));
}

TEST_CASE("clamp: folds where no bound binds") {
  const std::string unbound = " {lo = 0xFFF0000000000000 : f64, hi = 0x7FF0000000000000 : f64} : (";
  CHECK(foldsToOperand("nn.clamp %a" + unbound + "tensor<2xf32>) -> tensor<2xf32>", {"tensor<2xf32>"}));
  CHECK_FALSE(foldsToOperand("nn.clamp %a {lo = 0.0 : f64, hi = 0x7FF0000000000000 : f64} : (tensor<2xf32>) -> "
                             "tensor<2xf32>",
                             {"tensor<2xf32>"}));
  // The type reaches from 0.5 * (-128 - 3) to 0.5 * (127 - 3).
  const std::string type = "tensor<2x!quant.uniform<i8:f32, 5.000000e-01:3>>";
  CHECK(foldsToOperand("nn.clamp %a {lo = -65.5 : f64, hi = 62.0 : f64} : (" + type + ") -> " + type, {type}));
  CHECK_FALSE(foldsToOperand("nn.clamp %a {lo = -65.5 : f64, hi = 61.5 : f64} : (" + type + ") -> " + type, {type}));
  CHECK_FALSE(foldsToOperand("nn.clamp %a" + unbound + s8 + ") -> " + u8, {s8}));
  CHECK_THAT(verifierMessage("nn.clamp %a {lo = 0x7FF8000000000000 : f64, hi = 1.0 : f64} : (tensor<2xf32>) -> "
                             "tensor<2xf32>",
                             {"tensor<2xf32>"}),
             Catch::Contains("NaN"));
  CHECK(verifierMessage("nn.clamp %a {lo = 0.0 : f64, hi = 1.0 : f64} : (tensor<2xi8>) -> tensor<2xi8>",
                        {"tensor<2xi8>"}) != "");
}

TEST_CASE("cast: between floats, integers and bool") {
  CHECK(run<int32_t>("nn.cast %a : tensor<6xf32> -> tensor<6xi32>",
                     {floats("tensor<6xf32>", {-1.7f, 1.7f, 3e9f, -3e9f, notANumber, 0.5f})}) ==
        std::vector<int32_t>{-1, 1, 2147483647, std::numeric_limits<int32_t>::min(), 0, 0});
  CHECK(run<uint8_t>("nn.cast %a : tensor<3xf64> -> tensor<3xui8>",
                     {operand<double>("tensor<3xf64>", {-1, 300, 7.9})}) == std::vector<uint8_t>{0, 255, 7});
  CHECK(run<int8_t>("nn.cast %a : tensor<2xi32> -> tensor<2xi8>", {operand<int32_t>("tensor<2xi32>", {300, -129})}) ==
        std::vector<int8_t>{44, 127});
  CHECK(run<uint8_t>("nn.cast %a : tensor<4xf32> -> tensor<4xi1>",
                     {floats("tensor<4xf32>", {0, -0.0f, 0.1f, notANumber})}) == std::vector<uint8_t>{0, 0, 1, 1});
  CHECK(run<float>("nn.cast %a : tensor<2xi1> -> tensor<2xf32>", {operand<uint8_t>("tensor<2xi1>", {0, 1})}) ==
        std::vector<float>{0, 1});
  CHECK(run<uint64_t>("nn.cast %a : tensor<2xi64> -> tensor<2xui64>", {operand<int64_t>("tensor<2xi64>", {-1, 5})}) ==
        std::vector<uint64_t>{~uint64_t{0}, 5});
}

TEST_CASE("cast: the 16-bit floats") {
  CHECK(run<uint16_t>("nn.cast %a : tensor<3xf32> -> tensor<3xf16>", {floats("tensor<3xf32>", {1, 65536, 0.1f})}) ==
        std::vector<uint16_t>{toF16(1), 0x7c00, toF16(0.1f)});
  CHECK(run<float>("nn.cast %a : tensor<2xbf16> -> tensor<2xf32>",
                   {operand<uint16_t>("tensor<2xbf16>", {0x3f80, 0xc000})}) == std::vector<float>{1, -2});
  CHECK(run<uint16_t>("nn.cast %a : tensor<2xf16> -> tensor<2xbf16>",
                      {operand<uint16_t>("tensor<2xf16>", {toF16(1.5), toF16(-3)})}) ==
        std::vector<uint16_t>{toBf16(1.5), toBf16(-3)});
  CHECK(run<int64_t>("nn.cast %a : tensor<2xf16> -> tensor<2xi64>",
                     {operand<uint16_t>("tensor<2xf16>", {toF16(-7.5), toF16(9)})}) == std::vector<int64_t>{-7, 9});
  CHECK(run<uint16_t>("nn.cast %a : tensor<2xi8> -> tensor<2xf16>", {operand<int8_t>("tensor<2xi8>", {-128, 3})}) ==
        std::vector<uint16_t>{toF16(-128), toF16(3)});
  CHECK(run<uint8_t>("nn.cast %a : tensor<2xbf16> -> tensor<2xi1>",
                     {operand<uint16_t>("tensor<2xbf16>", {0, 0x3f80})}) == std::vector<uint8_t>{0, 1});
  CHECK(run<uint16_t>("nn.cast %a : tensor<2xf16> -> tensor<2xf16>",
                      {operand<uint16_t>("tensor<2xf16>", {1, 0x7e01})}) == std::vector<uint16_t>{1, 0x7e01});
  CHECK(
      run<uint16_t>("nn.cast %a : tensor<0xf16> -> tensor<0xbf16>", {operand<uint16_t>("tensor<0xf16>", {})}).empty());
}

TEST_CASE("cast: folding and verification") {
  CHECK(foldsToOperand("nn.cast %a : tensor<2xf32> -> tensor<2xf32>", {"tensor<2xf32>"}));
  CHECK_FALSE(foldsToOperand("nn.cast %a : tensor<2xf32> -> tensor<2xi32>", {"tensor<2xf32>"}));
  CHECK(verifierMessage("nn.cast %a : tensor<2xf32> -> tensor<3xi32>", {"tensor<2xf32>"}) != "");
  CHECK(verifierMessage("nn.cast %a : " + s8 + " -> tensor<256xf32>", {s8}) != "");
  CHECK_THAT(loweringMessage("nn.cast %a : tensor<2xi24> -> tensor<2xf32>", {"tensor<2xi24>"}),
             Catch::Contains("BRN1204"));
}

TEST_CASE("storage_cast: a view of the same bytes") {
  const std::string q = "tensor<2x!quant.uniform<u8:f32, 1.0:7>>";
  CHECK(run<uint8_t>("nn.storage_cast %a : tensor<2xui8> -> " + q, {operand<uint8_t>("tensor<2xui8>", {1, 200})}) ==
        std::vector<uint8_t>{1, 200});
  CHECK(isView("nn.storage_cast %a : tensor<2xui8> -> " + q, {"tensor<2xui8>"}));
  CHECK(verifierMessage("nn.storage_cast %a : tensor<2xi8> -> " + q, {"tensor<2xi8>"}) != "");
  CHECK(verifierMessage("nn.storage_cast %a : tensor<3xui8> -> " + q, {"tensor<3xui8>"}) != "");
  CHECK(foldsToOperand("nn.storage_cast %a : tensor<2xui8> -> tensor<2xui8>", {"tensor<2xui8>"}));
}
