// nn.quantize, nn.dequantize and their dynamic forms; nn.binary and nn.softmax on quantised tensors.
#include "tests/ir/nn/OpsSupport.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace burin::test;

namespace {

std::string quantised(const std::string &shape, const std::string &rest) {
  return "tensor<" + shape + "x!quant.uniform<" + rest + ">>";
}

std::string quantize(const std::string &x, const std::string &y) { return "nn.quantize %a : " + x + " -> " + y; }
std::string dequantize(const std::string &x, const std::string &y) { return "nn.dequantize %a : " + x + " -> " + y; }

} // namespace

TEST_CASE("quantize: rounds half to even, saturates, NaN gives the zero point") {
  const std::string x = "tensor<8xf32>";
  const Operand values = floats(x, {0, 0.25f, 0.75f, -0.25f, 1000, -1000, notANumber, infinity});
  const std::string s8 = quantised("8", "i8:f32, 0.5:3"), u8 = quantised("8", "u8:f32, 0.5:3");
  CHECK(run<int8_t>(quantize(x, s8), {values}) == std::vector<int8_t>{3, 3, 5, 3, 127, -128, 3, 127});
  CHECK(run<uint8_t>(quantize(x, u8), {values}) == std::vector<uint8_t>{3, 3, 5, 3, 255, 0, 3, 255});
  CHECK(run<int16_t>(quantize(x, quantised("8", "i16:f32, 0.5")), {values}) ==
        std::vector<int16_t>{0, 0, 2, 0, 2000, -2000, 0, 32767});
  CHECK(run<uint16_t>(quantize(x, quantised("8", "u16:f32, 0.5:1000")), {values}) ==
        std::vector<uint16_t>{1000, 1000, 1002, 1000, 3000, 0, 1000, 65535});
  CHECK(run<int32_t>(quantize(x, quantised("8", "i32:f32, 0.5")), {values}) ==
        std::vector<int32_t>{0, 0, 2, 0, 2000, -2000, 0, 2147483647});
}

TEST_CASE("quantize: a storage range smaller than the storage") {
  const std::string x = "tensor<4xf32>";
  const Operand values = floats(x, {-1000, -2, 2, 1000});
  CHECK(run<int8_t>(quantize(x, quantised("4", "i8<-127:127>:f32, 1.0")), {values}) ==
        std::vector<int8_t>{-127, -2, 2, 127});
  CHECK(run<uint8_t>(quantize(x, quantised("4", "u8<1:15>:f32, 1.0:8")), {values}) ==
        std::vector<uint8_t>{1, 6, 10, 15});
}

TEST_CASE("quantize: per axis") {
  const std::string x = "tensor<2x3x2xf32>";
  const Operand values = floats(x, {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6});
  CHECK(run<int8_t>(quantize(x, quantised("2x3x2", "i8:f32:1, {1.0:0, 0.5:1, 2.0:-1}")), {values}) ==
        std::vector<int8_t>{1, 2, 7, 9, 1, 2, -1, -2, -5, -7, -3, -4});
  CHECK(run<int8_t>(quantize(x, quantised("2x3x2", "i8:f32:0, {1.0, 0.5}")), {values}) ==
        std::vector<int8_t>{1, 2, 3, 4, 5, 6, -2, -4, -6, -8, -10, -12});
  CHECK(run<int8_t>(quantize(x, quantised("2x3x2", "i8:f32:2, {1.0:1, 0.5:2}")), {values}) ==
        std::vector<int8_t>{2, 6, 4, 10, 6, 14, 0, -2, -2, -6, -4, -10});
}

TEST_CASE("quantize: float16, empty, verification, refusals") {
  const std::string q = quantised("2", "i8:f32, 0.5");
  CHECK(run<int8_t>(quantize("tensor<2xf16>", q), {operand<uint16_t>("tensor<2xf16>", {toF16(1.5), toF16(-2)})}) ==
        std::vector<int8_t>{3, -4});
  CHECK(run<int8_t>(quantize("tensor<0xf32>", quantised("0", "i8:f32, 0.5")), {floats("tensor<0xf32>", {})}).empty());
  CHECK(verifierMessage(quantize("tensor<2xf32>", "tensor<2xi8>"), {"tensor<2xf32>"}) != "");
  CHECK(verifierMessage(quantize("tensor<2xi32>", q), {"tensor<2xi32>"}) != "");
  CHECK(verifierMessage(quantize("tensor<3xf32>", q), {"tensor<3xf32>"}) != "");
  CHECK(verifierMessage(quantize("tensor<2xf32>", quantised("2", "i8:f32:0, {1.0, 2.0, 3.0}")), {"tensor<2xf32>"}) !=
        "");
  CHECK(verifierMessage(quantize("tensor<2xf32>", quantised("2", "i8:f32:1, {1.0, 2.0}")), {"tensor<2xf32>"}) != "");
  CHECK_THAT(loweringMessage(quantize("tensor<2xf64>", q), {"tensor<2xf64>"}), Catch::Contains("BRN1204"));
  CHECK_THAT(loweringMessage(quantize("tensor<2xf32>", quantised("2", "i4:f32, 0.5")), {"tensor<2xf32>"}),
             Catch::Contains("BRN1204"));
}

TEST_CASE("dequantize: every storage, per tensor and per axis") {
  auto perTensor = [](const std::string &q, const Operand &x) {
    return run<float>(dequantize(q, "tensor<2xf32>"), {x});
  };
  std::string q = quantised("2", "i8:f32, 0.5:3");
  CHECK(perTensor(q, operand<int8_t>(q, {-128, 127})) == std::vector<float>{-65.5f, 62});
  q = quantised("2", "u8:f32, 0.5:3");
  CHECK(perTensor(q, operand<uint8_t>(q, {0, 255})) == std::vector<float>{-1.5f, 126});
  q = quantised("2", "i16:f32, 0.5:-1");
  CHECK(perTensor(q, operand<int16_t>(q, {-32768, 5})) == std::vector<float>{-16383.5f, 3});
  q = quantised("2", "u16:f32, 0.5:40000");
  CHECK(perTensor(q, operand<uint16_t>(q, {65535, 0})) == std::vector<float>{12767.5f, -20000});
  q = quantised("2", "i32:f32, 0.5");
  CHECK(perTensor(q, operand<int32_t>(q, {-2000000000, 7})) == std::vector<float>{-1e9f, 3.5f});
  q = quantised("2x2", "i32:f32:1, {0.5, 2.0}");
  CHECK(run<float>(dequantize(q, "tensor<2x2xf32>"), {operand<int32_t>(q, {1, 2, 3, 4})}) ==
        std::vector<float>{0.5f, 4, 1.5f, 8});
  q = quantised("2x2", "u8:f32:0, {0.5:1, 2.0:0}");
  CHECK(run<float>(dequantize(q, "tensor<2x2xf32>"), {operand<uint8_t>(q, {1, 2, 3, 4})}) ==
        std::vector<float>{0, 0.5f, 6, 8});
  CHECK(run<uint16_t>(dequantize(q, "tensor<2x2xf16>"), {operand<uint8_t>(q, {1, 2, 3, 4})}) ==
        std::vector<uint16_t>{0, toF16(0.5), toF16(6), toF16(8)});
}

TEST_CASE("dequantize: empty, verification, refusals") {
  const std::string q = quantised("2", "i8:f32, 0.5");
  CHECK(run<float>(dequantize(quantised("0", "i8:f32, 0.5"), "tensor<0xf32>"),
                   {operand<int8_t>(quantised("0", "i8:f32, 0.5"), {})})
            .empty());
  CHECK(verifierMessage(dequantize("tensor<2xi8>", "tensor<2xf32>"), {"tensor<2xi8>"}) != "");
  CHECK(verifierMessage(dequantize(q, "tensor<2xi32>"), {q}) != "");
  CHECK(verifierMessage(dequantize(q, "tensor<3xf32>"), {q}) != "");
  CHECK_THAT(loweringMessage(dequantize(q, "tensor<2xf64>"), {q}), Catch::Contains("BRN1204"));
  const std::string i4 = quantised("2", "i4:f32, 0.5");
  CHECK_THAT(loweringMessage(dequantize(i4, "tensor<2xf32>"), {i4}), Catch::Contains("BRN1204"));
}

TEST_CASE("dynamic_quantize and dynamic_dequantize: scales at run time") {
  const std::string x = "tensor<2x2xf32>", y = "tensor<2x2xui8>", s = "tensor<2xf32>", z = "tensor<2xui8>";
  auto quantizes = [&](const std::string &scale, const std::string &axis) {
    return "nn.dynamic_quantize %a, %b, %c {axis = " + axis + " : i64} : (" + x + ", tensor<" + scale +
           "xf32>, tensor<" + scale + "xui8>) -> " + y;
  };
  const Operand values = floats(x, {1, 2, -3, 4});
  CHECK(run<uint8_t>(quantizes("2", "0"), {values, floats(s, {0.5f, 2}), operand<uint8_t>(z, {10, 20})}) ==
        std::vector<uint8_t>{12, 14, 18, 22});
  CHECK(run<uint8_t>(quantizes("2", "1"), {values, floats(s, {0.5f, 2}), operand<uint8_t>(z, {10, 20})}) ==
        std::vector<uint8_t>{12, 21, 4, 22});
  CHECK(run<uint8_t>(quantizes("1", "7"),
                     {values, floats("tensor<1xf32>", {0.5f}), operand<uint8_t>("tensor<1xui8>", {10})}) ==
        std::vector<uint8_t>{12, 14, 4, 18});
  CHECK(run<int8_t>("nn.dynamic_quantize %a, %b {axis = 1 : i64} : (" + x + ", " + s + ") -> tensor<2x2xi8>",
                    {values, floats(s, {0.5f, 2})}) == std::vector<int8_t>{2, 1, -6, 2});
  CHECK(run<float>("nn.dynamic_dequantize %a, %b, %c {axis = 1 : i64} : (" + y + ", " + s + ", " + z + ") -> " + x,
                   {operand<uint8_t>(y, {12, 21, 4, 22}), floats(s, {0.5f, 2}), operand<uint8_t>(z, {10, 20})}) ==
        std::vector<float>{1, 2, -3, 4});
  CHECK(run<uint16_t>(
            "nn.dynamic_dequantize %a, %b {axis = 0 : i64} : (tensor<2xi32>, tensor<2xf16>) -> tensor<2xf16>",
            {operand<int32_t>("tensor<2xi32>", {3, -4}), operand<uint16_t>("tensor<2xf16>", {toF16(0.5), toF16(2)})}) ==
        std::vector<uint16_t>{toF16(1.5), toF16(-8)});
}

TEST_CASE("dynamic_quantize and dynamic_dequantize: verification and refusals") {
  auto bad = [](const std::string &op, const std::string &x, const std::string &s, const std::string &z,
                const std::string &y, const std::string &axis = "0") {
    return verifierMessage("nn.dynamic_" + op + " %a, %b, %c {axis = " + axis + " : i64} : (" + x + ", " + s + ", " +
                               z + ") -> " + y,
                           {x, s, z}) != "";
  };
  const std::string f = "tensor<2xf32>", u = "tensor<2xui8>", i = "tensor<2xi8>";
  CHECK_FALSE(bad("quantize", f, f, u, u));
  CHECK(bad("quantize", f, f, i, u));                             // zero of another type
  CHECK(bad("quantize", f, f, "tensor<1xui8>", u));               // one zero point, two scales
  CHECK(bad("quantize", f, f, u, u, "1"));                        // no such axis
  CHECK(bad("quantize", f, "tensor<3xf32>", "tensor<3xui8>", u)); // three scales for two
  CHECK(bad("quantize", f, u, u, u));
  CHECK(bad("quantize", f, f, u, "tensor<3xui8>"));
  CHECK_FALSE(bad("dequantize", u, f, u, f));
  CHECK(bad("dequantize", u, f, i, f));
  CHECK(bad("dequantize", u, f, u, f, "-1"));
  CHECK(bad("dequantize", f, f, f, f));
  CHECK_THAT(
      loweringMessage("nn.dynamic_quantize %a, %b {axis = 0 : i64} : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xi64>",
                      {f, "tensor<1xf32>"}),
      Catch::Contains("BRN1204"));
  CHECK_THAT(
      loweringMessage("nn.dynamic_dequantize %a, %b {axis = 0 : i64} : (tensor<2xi64>, tensor<1xf32>) -> tensor<2xf32>",
                      {"tensor<2xi64>", "tensor<1xf32>"}),
      Catch::Contains("BRN1204"));
}

namespace {

/// A scale that is num / 1024: sums and products of such scales are exact in integers.
struct Scaled {
  int64_t num;
  int zero;
  std::string text(const std::string &storage) const {
    char scale[32];
    std::snprintf(scale, sizeof scale, "%.10f", static_cast<double>(num) / 1024); // all digits
    return storage + ":f32, " + scale + ":" + std::to_string(zero);
  }
};

/// num / den rounded half to even, den > 0.
int64_t roundedQuotient(int64_t num, int64_t den) {
  int64_t floor = num / den - (num % den < 0), rest = num - floor * den;
  if (2 * rest > den || (2 * rest == den && floor % 2 != 0))
    ++floor;
  return floor;
}

template <typename T>
T clampTo(int64_t value, int64_t lo = std::numeric_limits<T>::min(), int64_t hi = std::numeric_limits<T>::max()) {
  return static_cast<T>(std::clamp(value, lo, hi));
}

/// All 65 536 pairs: a varies along the rows, b along the columns, by broadcasting.
template <typename T>
void checkAllPairs(const std::string &kind, const std::string &storage, Scaled a, Scaled b, Scaled y) {
  std::vector<T> all, expected;
  for (int q = std::numeric_limits<T>::min(); q <= std::numeric_limits<T>::max(); ++q)
    all.push_back(static_cast<T>(q));
  for (T u : all)
    for (T v : all) {
      const int64_t da = u - a.zero, db = v - b.zero;
      const int64_t sum = kind == "mul"   ? roundedQuotient(da * db * a.num * b.num, y.num * 1024)
                          : kind == "sub" ? roundedQuotient(da * a.num - db * b.num, y.num)
                                          : roundedQuotient(da * a.num + db * b.num, y.num);
      expected.push_back(clampTo<T>(sum + y.zero));
    }
  const std::string ta = quantised("256x1", a.text(storage)), tb = quantised("256", b.text(storage));
  const std::vector<T> actual =
      run<T>("nn.binary " + kind + " %a, %b : (" + ta + ", " + tb + ") -> " + quantised("256x256", y.text(storage)),
             {operand(ta, all), operand(tb, all)});
  INFO(kind << " " << ta << " " << tb << " " << y.text(storage));
  CHECK(std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end()).first == actual.end());
}

} // namespace

TEST_CASE("binary on quantised tensors: the rounded exact value, for all pairs") {
  for (const std::string kind : {"add", "sub", "mul"}) {
    checkAllPairs<int8_t>(kind, "i8", {64, 3}, {100, -7}, {129, 5});
    checkAllPairs<int8_t>(kind, "i8", {512, 0}, {512, 0}, {1024, 0}); // half of the sums are ties
    checkAllPairs<int8_t>(kind, "i8", {1, 127}, {1000, -128}, {700, 0});
    checkAllPairs<uint8_t>(kind, "u8", {77, 128}, {31, 0}, {90, 100});
    checkAllPairs<uint8_t>(kind, "u8", {2000, 255}, {3, 17}, {333, 0});
  }
}

TEST_CASE("binary on quantised tensors: the fused clamp is in real numbers") {
  const std::string q = quantised("4", "i8:f32, 0.5:3");
  const std::vector<Operand> operands = {operand<int8_t>(q, {3, 13, -7, 100}), operand<int8_t>(q, {3, 3, 3, 100})};
  auto op = [&](const std::string &kind, const std::string &attributes) {
    return "nn.binary " + kind + " %a, %b " + attributes + " : (" + q + ", " + q + ") -> " + q;
  };
  CHECK(run<int8_t>(op("add", "{act_lo = 0.0 : f64, act_hi = 2.0 : f64}"), operands) ==
        std::vector<int8_t>{3, 7, 3, 7});
  CHECK(run<int8_t>(op("mul", "{act_lo = 0.0 : f64}"), operands) == std::vector<int8_t>{3, 3, 3, 127});
  CHECK(run<int8_t>(op("max", "{act_hi = 4.0 : f64}"), operands) == std::vector<int8_t>{3, 11, 3, 11});
  CHECK(run<int8_t>(op("min", "{act_lo = -2.0 : f64}"), operands) == std::vector<int8_t>{3, 3, -1, 100});
}

TEST_CASE("binary on quantised tensors: min and max within one type") {
  const std::string q = quantised("3", "u8:f32, 0.5:3"), one = "tensor<!quant.uniform<u8:f32, 0.5:3>>";
  CHECK(run<uint8_t>("nn.binary max %a, %b : (" + q + ", " + one + ") -> " + q,
                     {operand<uint8_t>(q, {1, 100, 255}), operand<uint8_t>(one, {100})}) ==
        std::vector<uint8_t>{100, 100, 255});
}

TEST_CASE("binary on quantised tensors: what has no integer form is refused") {
  const std::string s = quantised("2", "i8:f32, 0.5:3"), u = quantised("2", "u8:f32, 0.5:3");
  const std::string other = quantised("2", "i8:f32, 0.25:3"), axis = quantised("2", "i8:f32:0, {0.5, 1.0}");
  const std::string wide = quantised("2", "i32:f32, 0.5"), word = quantised("2", "i16:f32, 0.5"), f = "tensor<2xf32>";
  auto refused = [](const std::string &kind, const std::string &a, const std::string &b, const std::string &y) {
    return loweringMessage("nn.binary " + kind + " %a, %b : (" + a + ", " + b + ") -> " + y, {a, b});
  };
  CHECK(refused("add", s, other, other) == "");
  CHECK_THAT(refused("add", s, u, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("add", s, s, u), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("add", s, axis, s), Catch::Contains("BRN1401"));
  CHECK(refused("mul", word, word, word) == "");
  CHECK(refused("sub", s, word, u) == "");
  CHECK_THAT(refused("mul", wide, wide, wide), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("add", s, f, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("add", f, f, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("max", s, other, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("div", s, s, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("add", quantised("2", "i8:f32, 1.0e-30"), quantised("2", "i8:f32, 1.0e+30"), s),
             Catch::Contains("BRN1401"));
}

namespace {

/// Q(softmax(DQ(x))) of a line in long double; -1000 where the value is too near a tie to say.
std::vector<int> softmaxLine(const std::vector<int> &x, long double sx, long double sy, int zero, int lo, int hi) {
  long double sum = 0;
  const int top = *std::max_element(x.begin(), x.end());
  for (int v : x)
    sum += std::exp(sx * (v - top));
  std::vector<int> out;
  for (int v : x) {
    const long double steps = std::exp(sx * (v - top)) / sum / sy, fraction = steps - std::floor(steps);
    const bool isNearTie = std::fabs(fraction - 0.5L) < 1e-5L;
    out.push_back(isNearTie ? -1000 : static_cast<int>(std::clamp<long double>(std::round(steps) + zero, lo, hi)));
  }
  return out;
}

template <typename T>
void checkSoftmax(const std::string &x, const std::string &y, long double sx, long double sy, int zero) {
  std::vector<T> values;
  for (int i = 0; i < 3 * 10; ++i)
    values.push_back(static_cast<T>(i < 10 ? i : i < 20 ? i * 37 : i * 3 + 100));
  const std::vector<T> actual =
      run<T>("nn.softmax softmax %a {axis = 1 : i64} : (" + quantised("3x10", x) + ") -> " + quantised("3x10", y),
             {operand(quantised("3x10", x), values)});
  for (size_t row = 0; row < 3; ++row) {
    const std::vector<int> line(values.begin() + static_cast<long>(row * 10),
                                values.begin() + static_cast<long>(row * 10 + 10));
    const std::vector<int> expected =
        softmaxLine(line, sx, sy, zero, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    for (size_t i = 0; i < 10; ++i)
      if (expected[i] != -1000)
        CHECK(int{actual[row * 10 + i]} == expected[i]);
  }
}

} // namespace

TEST_CASE("softmax on quantised tensors") {
  checkSoftmax<int8_t>("i8:f32, 0.125:7", "i8:f32, 0.00390625:-128", 0.125L, 0.00390625L, -128);
  checkSoftmax<uint8_t>("u8:f32, 0.03125:200", "u8:f32, 0.00390625", 0.03125L, 0.00390625L, 0);
  checkSoftmax<uint8_t>("u8:f32, 1.0", "u8:f32, 0.0078125:3", 1.0L, 0.0078125L, 3);
  // Along the first axis: two elements two columns apart.
  const std::string q = quantised("2x2", "i8:f32, 1.0"), y = quantised("2x2", "i8:f32, 0.00390625:-128");
  CHECK(run<int8_t>("nn.softmax softmax %a {axis = 0 : i64} : (" + q + ") -> " + y,
                    {operand<int8_t>(q, {5, 100, 5, -100})}) == std::vector<int8_t>{0, 127, 0, -128});
}

TEST_CASE("softmax on quantised tensors: refusals") {
  const std::string s = quantised("2", "i8:f32, 0.5"), u = quantised("2", "u8:f32, 0.5"),
                    axis = quantised("2", "i8:f32:0, {0.5, 1.0}");
  auto refused = [](const std::string &kind, const std::string &x, const std::string &y) {
    return loweringMessage("nn.softmax " + kind + " %a {axis = 0 : i64} : (" + x + ") -> " + y, {x});
  };
  CHECK_THAT(refused("softmax", s, u), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("softmax", axis, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("softmax", "tensor<2xf32>", s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("log_softmax", s, s), Catch::Contains("BRN1401"));
  CHECK_THAT(refused("hardmax", s, s), Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage("nn.normalize layer_norm %a {axis = 0 : i64, epsilon = 0.0 : f64, operandSegmentSizes = "
                             "array<i32: 1, 0, 0>} : (" +
                                 s + ") -> " + s,
                             {s}),
             Catch::Contains("BRN1401"));
  CHECK_THAT(loweringMessage("nn.lrn %a {size = 1 : i64, alpha = 1.0 : f64, beta = 1.0 : f64, bias = 1.0 : f64} : (" +
                                 s + ") -> " + s,
                             {s}),
             Catch::Contains("BRN1401"));
}
