// nn.reduce, nn.arg_reduce, nn.scan, nn.softmax, nn.normalize, nn.lrn.
#include "tests/ir/nn/OpsSupport.h"

#include <algorithm>
#include <cmath>
#include <functional>

using namespace burin::test;
using Shape = std::vector<int64_t>;

namespace {

std::string reduce(const std::string &kind, const std::string &x, const std::string &y, const Shape &axes) {
  return "nn.reduce " + kind + " %a {axes = " + arrayText(axes) + "} : (" + x + ") -> " + y;
}

Shape reducedShape(Shape shape, const Shape &axes) {
  for (int64_t axis : axes)
    shape[static_cast<size_t>(axis)] = 1;
  return shape;
}

/// The values that each output element reduces, in the order of the outputs.
std::vector<std::vector<double>> groups(const Shape &shape, const std::vector<double> &x, const Shape &axes) {
  const Shape y = reducedShape(shape, axes);
  std::vector<std::vector<double>> out(static_cast<size_t>(size(y)));
  forEachIndex(shape, [&](const Shape &index) {
    out[static_cast<size_t>(offsetIn(y, index))].push_back(x[static_cast<size_t>(offsetIn(shape, index))]);
  });
  return out;
}

double sumOf(const std::vector<double> &v, const std::function<double(double)> &f) {
  double sum = 0;
  for (double x : v)
    sum += f(x);
  return sum;
}

/// The formulas of ONNX, in double.
const std::vector<std::pair<std::string, std::function<double(const std::vector<double> &)>>> kinds = {
    {"sum", [](const auto &v) { return sumOf(v, [](double x) { return x; }); }},
    {"mean", [](const auto &v) { return sumOf(v, [](double x) { return x; }) / static_cast<double>(v.size()); }},
    {"prod",
     [](const auto &v) {
       double product = 1;
       for (double x : v)
         product *= x;
       return product;
     }},
    {"max", [](const auto &v) { return *std::max_element(v.begin(), v.end()); }},
    {"min", [](const auto &v) { return *std::min_element(v.begin(), v.end()); }},
    {"l1", [](const auto &v) { return sumOf(v, [](double x) { return std::fabs(x); }); }},
    {"l2", [](const auto &v) { return std::sqrt(sumOf(v, [](double x) { return x * x; })); }},
    {"sum_square", [](const auto &v) { return sumOf(v, [](double x) { return x * x; }); }},
    {"log_sum", [](const auto &v) { return std::log(sumOf(v, [](double x) { return x; })); }},
    {"log_sum_exp", [](const auto &v) { return std::log(sumOf(v, [](double x) { return std::exp(x); })); }},
};

struct Case {
  Shape shape, axes;
};
const std::vector<Case> cases = {
    {{4}, {0}},
    {{2, 3, 4}, {2}},
    {{2, 3, 4}, {1}},
    {{2, 3, 4}, {0}},
    {{2, 3, 4}, {1, 2}},
    {{2, 3, 4}, {0, 1}},
    {{2, 3, 4}, {2, 0}}, // axes apart, in any order
    {{2, 3, 2, 3}, {0, 2}},
    {{2, 3, 2, 3}, {1, 3}},
    {{2, 1, 4}, {0, 2}}, // apart only by an axis of extent 1
    {{2, 3, 4}, {0, 1, 2}},
    {{2, 3}, {}},
    {{}, {}},
};

/// Few distinct values, of both signs or positive for the logarithm.
std::vector<double> samples(const std::string &kind, const Shape &shape) {
  std::vector<double> x;
  for (int64_t i = 0; i < size(shape); ++i)
    x.push_back(kind == "log_sum" ? 0.25 * static_cast<double>(1 + i * 7 % 11)
                                  : 0.25 * static_cast<double>(i * 7 % 11 - 4));
  return x;
}

} // namespace

TEST_CASE("reduce: every kind over every choice of axes") {
  for (const auto &[kind, f] : kinds)
    for (const Case &c : cases) {
      INFO(kind << " of " << tensorText(c.shape, "f32") << " over " << arrayText(c.axes));
      const std::vector<double> x = samples(kind, c.shape);
      std::vector<double> expected;
      for (const auto &group : groups(c.shape, x, c.axes))
        expected.push_back(f(group));
      const Shape y = reducedShape(c.shape, c.axes);
      const std::string f32 = tensorText(c.shape, "f32"), f64 = tensorText(c.shape, "f64");
      const std::string f16 = tensorText(c.shape, "f16");
      checkClose(run<float>(reduce(kind, f32, tensorText(y, "f32"), c.axes),
                            {operand(f32, std::vector<float>(x.begin(), x.end()))}),
                 expected);
      checkClose(run<double>(reduce(kind, f64, tensorText(y, "f64"), c.axes), {operand(f64, x)}), expected, 1e-12);
      std::vector<uint16_t> half;
      for (double v : x)
        half.push_back(toF16(v));
      std::vector<double> wide;
      for (uint16_t bits : run<uint16_t>(reduce(kind, f16, tensorText(y, "f16"), c.axes), {operand(f16, half)}))
        wide.push_back(fromF16(bits));
      checkClose(wide, expected, 2e-3);
    }
}

TEST_CASE("reduce: integers, bool, quantised") {
  const std::string t = "tensor<2x3xi32>", y = "tensor<2x1xi32>";
  auto ints = [&](const std::string &kind) {
    return run<int32_t>(reduce(kind, t, y, {1}), {operand<int32_t>(t, {1, -5, 2, 7, 3, 3})});
  };
  CHECK(ints("sum") == std::vector<int32_t>{-2, 13});
  CHECK(ints("mean") == std::vector<int32_t>{0, 4}); // rounded to zero
  CHECK(ints("prod") == std::vector<int32_t>{-10, 63});
  CHECK(ints("max") == std::vector<int32_t>{2, 7});
  CHECK(ints("min") == std::vector<int32_t>{-5, 3});
  CHECK(ints("l1") == std::vector<int32_t>{8, 13});
  CHECK(ints("sum_square") == std::vector<int32_t>{30, 67});
  CHECK(run<uint8_t>(reduce("max", "tensor<3xi1>", "tensor<1xi1>", {0}),
                     {operand<uint8_t>("tensor<3xi1>", {0, 1, 0})}) == std::vector<uint8_t>{1});
  CHECK(run<int8_t>(reduce("min", "tensor<3xi8>", "tensor<1xi8>", {0}),
                    {operand<int8_t>("tensor<3xi8>", {4, -9, 0})}) == std::vector<int8_t>{-9});
  const std::string q = "tensor<2x2x2x!quant.uniform<u8:f32, 0.5:3>>",
                    qy = "tensor<1x2x1x!quant.uniform<u8:f32, 0.5:3>>";
  CHECK(run<uint8_t>(reduce("max", q, qy, {0, 2}), {operand<uint8_t>(q, {1, 200, 3, 4, 5, 6, 7, 8})}) ==
        std::vector<uint8_t>{200, 8});
}

TEST_CASE("reduce: nothing to reduce gives the identity, no outputs nothing") {
  auto empty = [](const std::string &kind) {
    return run<float>(reduce(kind, "tensor<2x0x3xf32>", "tensor<2x1x3xf32>", {1}), {floats("tensor<2x0x3xf32>", {})});
  };
  CHECK(empty("sum") == std::vector<float>(6, 0));
  CHECK(empty("prod") == std::vector<float>(6, 1));
  CHECK(empty("max") == std::vector<float>(6, -infinity));
  CHECK(empty("min") == std::vector<float>(6, infinity));
  CHECK(run<float>(reduce("sum", "tensor<0x0x3xf32>", "tensor<1x1x3xf32>", {0, 1}),
                   {floats("tensor<0x0x3xf32>", {})}) == std::vector<float>(3, 0));
  CHECK(run<int32_t>(reduce("mean", "tensor<0x2xi32>", "tensor<1x2xi32>", {0}),
                     {operand<int32_t>("tensor<0x2xi32>", {})}) == std::vector<int32_t>(2, 0));
  CHECK(run<float>(reduce("sum", "tensor<2x0xf32>", "tensor<1x0xf32>", {0}), {floats("tensor<2x0xf32>", {})}).empty());
}

TEST_CASE("reduce: one kernel call where the reduced axes are one run") {
  const std::string x = "tensor<1x7x7x64xf32>", y = "tensor<1x1x1x64xf32>";
  CHECK(kernelsOf(reduce("mean", x, y, {1, 2}), {x}) == std::vector<std::string>{"reduce_mean_f32"});
  const std::string apart = "tensor<2x3x4xf32>";
  CHECK(kernelsOf(reduce("mean", apart, "tensor<1x3x1xf32>", {0, 2}), {apart}).size() == 2);
}

TEST_CASE("reduce: verification and refusals") {
  const std::string t = "tensor<2x3xf32>";
  CHECK(verifierMessage(reduce("sum", t, "tensor<2x1xf32>", {2}), {t}) != "");
  CHECK(verifierMessage(reduce("sum", t, "tensor<2x1xf32>", {-1}), {t}) != "");
  CHECK(verifierMessage(reduce("sum", t, "tensor<2xf32>", {1}), {t}) != "");
  CHECK_THAT(verifierMessage(reduce("sum", t, "tensor<2x1xf32>", {1, 1}), {t}), Catch::Contains("twice"));
  CHECK_THAT(loweringMessage(reduce("sum", "tensor<2xi8>", "tensor<1xi8>", {0}), {"tensor<2xi8>"}),
             Catch::Contains("BRN1204"));
  const std::string q = "tensor<2x!quant.uniform<i8:f32, 0.5>>";
  CHECK_THAT(loweringMessage(reduce("sum", q, "tensor<1x!quant.uniform<i8:f32, 0.5>>", {0}), {q}),
             Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage(reduce("max", q, "tensor<1x!quant.uniform<i8:f32, 0.25>>", {0}), {q}),
             Catch::Contains("BRN1401"));
}

namespace {

std::string argReduce(const std::string &kind, const std::string &x, const std::string &y, int64_t axis,
                      bool last = false) {
  return "nn.arg_reduce " + kind + " %a {axis = " + std::to_string(axis) + " : i64" + (last ? ", select_last" : "") +
         "} : (" + x + ") -> " + y;
}

} // namespace

TEST_CASE("arg_reduce: first and last extreme along each axis") {
  const std::string t = "tensor<2x2x3xf32>";
  const Operand x = floats(t, {1, 5, 5, 0, 2, 0, 1, 5, 7, 0, 9, 0});
  CHECK(run<int64_t>(argReduce("arg_max", t, "tensor<2x2x1xi64>", 2), {x}) == std::vector<int64_t>{1, 1, 2, 1});
  CHECK(run<int64_t>(argReduce("arg_max", t, "tensor<2x2x1xi64>", 2, true), {x}) == std::vector<int64_t>{2, 1, 2, 1});
  CHECK(run<int64_t>(argReduce("arg_min", t, "tensor<2x2x1xi64>", 2, true), {x}) == std::vector<int64_t>{0, 2, 0, 2});
  CHECK(run<int64_t>(argReduce("arg_max", t, "tensor<2x1x3xi64>", 1), {x}) == std::vector<int64_t>{0, 0, 0, 0, 1, 0});
  CHECK(run<int64_t>(argReduce("arg_max", t, "tensor<1x2x3xi64>", 0), {x}) == std::vector<int64_t>{0, 0, 1, 0, 1, 0});
}

TEST_CASE("arg_reduce: other types, refusals") {
  const std::string q = "tensor<3x!quant.uniform<u8:f32, 0.5:3>>", h = "tensor<3xf16>";
  CHECK(run<int64_t>(argReduce("arg_max", q, "tensor<1xi64>", 0), {operand<uint8_t>(q, {1, 200, 3})}) ==
        std::vector<int64_t>{1});
  CHECK(run<int64_t>(argReduce("arg_min", h, "tensor<1xi64>", 0),
                     {operand<uint16_t>(h, {toF16(1), toF16(2), toF16(-3)})}) == std::vector<int64_t>{2});
  CHECK(run<int64_t>(argReduce("arg_max", "tensor<0x2xf32>", "tensor<0x1xi64>", 1), {floats("tensor<0x2xf32>", {})})
            .empty());
  CHECK(verifierMessage(argReduce("arg_max", "tensor<0xf32>", "tensor<1xi64>", 0), {"tensor<0xf32>"}) != "");
  CHECK(verifierMessage(argReduce("arg_max", h, "tensor<1xi64>", 1), {h}) != "");
  CHECK(verifierMessage(argReduce("arg_max", h, "tensor<1xi32>", 0), {h}) != "");
  CHECK_THAT(loweringMessage(argReduce("arg_max", "tensor<3xi1>", "tensor<1xi64>", 0), {"tensor<3xi1>"}),
             Catch::Contains("BRN1204"));
  const std::string perAxis = "tensor<2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>";
  CHECK_THAT(loweringMessage(argReduce("arg_max", perAxis, "tensor<1xi64>", 0), {perAxis}), Catch::Contains("BRN1401"));
}

namespace {

std::string scan(const std::string &kind, const std::string &t, int64_t axis, const std::string &flags = "") {
  return "nn.scan " + kind + " %a {axis = " + std::to_string(axis) + " : i64" + flags + "} : (" + t + ") -> " + t;
}

} // namespace

TEST_CASE("scan: sums and products, exclusive, reversed, along each axis") {
  const std::string t = "tensor<2x3xf32>";
  const Operand x = floats(t, {1, 2, 3, 4, 5, 6});
  CHECK(run<float>(scan("cumsum", t, 1), {x}) == std::vector<float>{1, 3, 6, 4, 9, 15});
  CHECK(run<float>(scan("cumsum", t, 0), {x}) == std::vector<float>{1, 2, 3, 5, 7, 9});
  CHECK(run<float>(scan("cumsum", t, 1, ", exclusive"), {x}) == std::vector<float>{0, 1, 3, 0, 4, 9});
  CHECK(run<float>(scan("cumsum", t, 1, ", reverse"), {x}) == std::vector<float>{6, 5, 3, 15, 11, 6});
  CHECK(run<float>(scan("cumsum", t, 1, ", exclusive, reverse"), {x}) == std::vector<float>{5, 3, 0, 11, 6, 0});
  CHECK(run<float>(scan("cumprod", t, 1), {x}) == std::vector<float>{1, 2, 6, 4, 20, 120});
  CHECK(run<float>(scan("cumprod", t, 1, ", exclusive"), {x}) == std::vector<float>{1, 1, 2, 1, 4, 20});
  CHECK(run<int64_t>(scan("cumsum", "tensor<3xi64>", 0), {operand<int64_t>("tensor<3xi64>", {1, -2, 5})}) ==
        std::vector<int64_t>{1, -1, 4});
  CHECK(
      run<uint16_t>(scan("cumsum", "tensor<2xf16>", 0), {operand<uint16_t>("tensor<2xf16>", {toF16(1.5), toF16(2)})}) ==
      std::vector<uint16_t>{toF16(1.5), toF16(3.5)});
  CHECK(run<float>(scan("cumsum", "tensor<2x0xf32>", 1), {floats("tensor<2x0xf32>", {})}).empty());
  CHECK(verifierMessage(scan("cumsum", t, 2), {t}) != "");
  CHECK_THAT(loweringMessage(scan("cumsum", "tensor<2xi8>", 0), {"tensor<2xi8>"}), Catch::Contains("BRN1204"));
  const std::string q = "tensor<2x!quant.uniform<i8:f32, 0.5>>";
  CHECK_THAT(loweringMessage(scan("cumsum", q, 0), {q}), Catch::Contains("BRN1401"));
}

namespace {

std::string softmax(const std::string &kind, const std::string &t, int64_t axis) {
  return "nn.softmax " + kind + " %a {axis = " + std::to_string(axis) + " : i64} : (" + t + ") -> " + t;
}

/// For every element of `shape`, f(it, all elements of its line along `axis`).
std::vector<double> alongLines(const Shape &shape, const std::vector<float> &x, size_t axis,
                               const std::function<double(double, const std::vector<double> &)> &f) {
  std::vector<double> out;
  forEachIndex(shape, [&](const Shape &index) {
    std::vector<double> line;
    Shape at = index;
    for (at[axis] = 0; at[axis] < shape[axis]; ++at[axis])
      line.push_back(x[static_cast<size_t>(offsetIn(shape, at))]);
    out.push_back(f(x[static_cast<size_t>(offsetIn(shape, index))], line));
  });
  return out;
}

double softmaxOf(double v, const std::vector<double> &line) {
  return std::exp(v) / sumOf(line, [](double x) { return std::exp(x); });
}

} // namespace

TEST_CASE("softmax, log_softmax, hardmax along each axis") {
  const Shape shape = {2, 3, 4};
  const std::string t = tensorText(shape, "f32");
  std::vector<float> x;
  for (int i = 0; i < 24; ++i)
    x.push_back(0.5f * static_cast<float>(i * 7 % 24) - 5);
  for (size_t axis = 0; axis < 3; ++axis) {
    auto along = [&](const std::string &kind) {
      return run<float>(softmax(kind, t, static_cast<int64_t>(axis)), {floats(t, x)});
    };
    checkClose(along("softmax"), alongLines(shape, x, axis, softmaxOf));
    checkClose(along("log_softmax"),
               alongLines(shape, x, axis, [](double v, const auto &line) { return std::log(softmaxOf(v, line)); }));
    checkClose(along("hardmax"), alongLines(shape, x, axis, [](double v, const auto &line) {
                 return v == *std::max_element(line.begin(), line.end());
               }));
  }
}

TEST_CASE("softmax: large values, other types, verification") {
  const std::string t = "tensor<2xf32>", h = "tensor<2xbf16>";
  checkClose(run<float>(softmax("softmax", t, 0), {floats(t, {1000, 1000})}), {0.5, 0.5});
  checkClose(
      run<double>(softmax("softmax", "tensor<2xf64>", 0), {operand<double>("tensor<2xf64>", {0, std::log(3.0)})}),
      {0.25, 0.75}, 1e-12);
  CHECK(run<uint16_t>(softmax("softmax", h, 0), {operand<uint16_t>(h, {toBf16(7), toBf16(7)})}) ==
        std::vector<uint16_t>{toBf16(0.5), toBf16(0.5)});
  CHECK(run<float>(softmax("softmax", "tensor<0x2xf32>", 1), {floats("tensor<0x2xf32>", {})}).empty());
  CHECK(verifierMessage(softmax("softmax", t, 1), {t}) != "");
  CHECK_THAT(loweringMessage(softmax("softmax", "tensor<2xi32>", 0), {"tensor<2xi32>"}), Catch::Contains("BRN1204"));
}

TEST_CASE("normalize: layer_norm and rms_norm over the last axes") {
  const Shape shape = {2, 2, 3};
  const std::string t = tensorText(shape, "f32");
  std::vector<float> x;
  for (int i = 0; i < 12; ++i)
    x.push_back(0.5f * static_cast<float>(i * 5 % 12) - 1);
  const std::vector<float> scale = {1, 2, 0.5f, -1, 3, 1}, bias = {0, 1, -1, 2, 0, 5};
  for (int64_t axis : {1, 2}) {
    const int64_t n = axis == 1 ? 6 : 3;
    std::vector<double> layer, rms;
    for (int64_t row = 0; row < 12 / n; ++row) {
      double mean = 0, square = 0, variance = 0;
      for (int64_t i = 0; i < n; ++i)
        mean += x[size_t(row * n + i)] / static_cast<double>(n);
      for (int64_t i = 0; i < n; ++i) {
        const double v = x[size_t(row * n + i)];
        square += v * v / static_cast<double>(n);
        variance += (v - mean) * (v - mean) / static_cast<double>(n);
      }
      for (int64_t i = 0; i < n; ++i) {
        const double v = x[size_t(row * n + i)];
        layer.push_back((v - mean) / std::sqrt(variance + 0.01) * scale[size_t(i)] + bias[size_t(i)]);
        rms.push_back(v / std::sqrt(square + 0.01) * scale[size_t(i)]);
      }
    }
    const std::string p = n == 6 ? "tensor<2x3xf32>" : "tensor<3xf32>";
    const Operand s = floats(p, {scale.begin(), scale.begin() + n}), b = floats(p, {bias.begin(), bias.begin() + n});
    const std::string attributes = "axis = " + std::to_string(axis) + " : i64, epsilon = 1.0e-02 : f64";
    checkClose(run<float>("nn.normalize layer_norm %a, %b, %c {" + attributes +
                              ", operandSegmentSizes = array<i32: 1, 1, 1>} : (" + t + ", " + p + ", " + p + ") -> " +
                              t,
                          {floats(t, x), s, b}),
               layer);
    checkClose(run<float>("nn.normalize rms_norm %a, %b {" + attributes +
                              ", operandSegmentSizes = array<i32: 1, 1, 0>} : (" + t + ", " + p + ") -> " + t,
                          {floats(t, x), s}),
               rms);
  }
}

TEST_CASE("normalize: without scale, with bias only, other types, refusals") {
  const std::string t = "tensor<2xf32>",
                    attributes = "{axis = 0 : i64, epsilon = 0.0 : f64, operandSegmentSizes = array<i32: ";
  auto layer = [&](const std::string &operands, const std::string &segments, const std::string &types) {
    return "nn.normalize layer_norm " + operands + " " + attributes + segments + ">} : (" + types + ") -> ";
  };
  checkClose(run<float>(layer("%a", "1, 0, 0", t) + t, {floats(t, {1, 3})}), {-1, 1});
  checkClose(run<float>(layer("%a, %b", "1, 0, 1", t + ", " + t) + t, {floats(t, {1, 3}), floats(t, {5, 6})}), {4, 7});
  checkClose(run<double>(layer("%a", "1, 0, 0", "tensor<2xf64>") + "tensor<2xf64>",
                         {operand<double>("tensor<2xf64>", {1, 3})}),
             {-1, 1});
  const std::string h = "tensor<2xf16>";
  CHECK(run<uint16_t>(layer("%a, %b", "1, 1, 0", h + ", " + h) + h,
                      {operand<uint16_t>(h, {toF16(1), toF16(3)}), operand<uint16_t>(h, {toF16(2), toF16(0.5)})}) ==
        std::vector<uint16_t>{toF16(-2), toF16(0.5)});
  CHECK(verifierMessage(layer("%a, %b", "1, 1, 0", t + ", tensor<3xf32>") + t, {t, "tensor<3xf32>"}) != "");
  CHECK(verifierMessage(layer("%a, %b", "1, 1, 0", t + ", tensor<2xf64>") + t, {t, "tensor<2xf64>"}) != "");
  CHECK(verifierMessage("nn.normalize rms_norm %a, %b " + attributes + "1, 0, 1>} : (" + t + ", " + t + ") -> " + t,
                        {t, t}) != "");
  CHECK(verifierMessage("nn.normalize rms_norm %a {axis = 1 : i64, epsilon = 0.0 : f64, operandSegmentSizes = "
                        "array<i32: 1, 0, 0>} : (" +
                            t + ") -> " + t,
                        {t}) != "");
  CHECK_THAT(loweringMessage(layer("%a", "1, 0, 0", "tensor<2xi32>") + "tensor<2xi32>", {"tensor<2xi32>"}),
             Catch::Contains("BRN1204"));
}

TEST_CASE("lrn: windows of odd and even size") {
  const std::string t = "tensor<2x5xf32>";
  const std::vector<float> x = {1, -2, 3, 0.5f, 4, 2, 2, -1, 0, 1};
  for (int64_t window : {1, 2, 3, 5, 9}) {
    std::vector<double> expected;
    for (int64_t row = 0; row < 2; ++row)
      for (int64_t c = 0; c < 5; ++c) {
        double sum = 0;
        // from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2)
        for (int64_t i = c - (window - 1) / 2; i <= c + window / 2; ++i)
          if (i >= 0 && i < 5)
            sum += static_cast<double>(x[size_t(row * 5 + i)]) * x[size_t(row * 5 + i)];
        expected.push_back(x[size_t(row * 5 + c)] / std::pow(2 + 0.5 / static_cast<double>(window) * sum, 0.75));
      }
    checkClose(run<float>("nn.lrn %a {size = " + std::to_string(window) +
                              " : i64, alpha = 0.5 : f64, beta = 0.75 : f64, bias = 2.0 : f64} : (" + t + ") -> " + t,
                          {floats(t, x)}),
               expected);
  }
  auto lrn = [](const std::string &type, const std::string &window) {
    return "nn.lrn %a {size = " + window + " : i64, alpha = 0.5 : f64, beta = 0.75 : f64, bias = 2.0 : f64} : (" +
           type + ") -> " + type;
  };
  CHECK(run<float>(lrn("tensor<2x0xf32>", "3"), {floats("tensor<2x0xf32>", {})}).empty());
  CHECK(verifierMessage(lrn("tensor<f32>", "3"), {"tensor<f32>"}) != "");
  CHECK(verifierMessage(lrn(t, "0"), {t}) != "");
}
