// nn.conv2d on quantised tensors against 64-bit sums and the definition of requantisation.
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/DepthwisePairRows.h"
#include "ir/nn/ops/LaneRows.h"
#include "ir/nn/ops/PairRows.h"
#include "ir/nn/ops/WinogradRows.h"
#include "tests/ir/nn/conv_support.h"

using namespace burin;
using namespace burin::test;

namespace {

/// A quantised convolution with everything that its result depends on.
struct Case {
  Window c;
  bool xSigned = true, wSigned = true, ySigned = true;
  int64_t xZero = 0, yZero = 0;
  std::vector<int64_t> wZeros = {0}; ///< one, or one per output channel
  std::vector<double> wScales = {0.01};
  double xScale = 0.02, yScale = 0.05;
  bool bias = true, constantWeights = true;
};

std::vector<Window> shapes() {
  return {
      {.n = 2, .h = 5, .w = 6, .in = 3, .out = 4, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1},
      {.h = 7,
       .w = 5,
       .in = 2,
       .out = 3,
       .kh = 3,
       .kw = 2,
       .sh = 2,
       .sw = 3,
       .top = 2,
       .left = 0,
       .bottom = 1,
       .right = 3},
      {.h = 9,
       .w = 8,
       .in = 2,
       .out = 2,
       .kh = 3,
       .kw = 3,
       .top = 2,
       .left = 2,
       .bottom = 2,
       .right = 2,
       .dh = 2,
       .dw = 3},
      {.n = 2, .h = 3, .w = 4, .in = 5, .out = 6},
      {.n = 3, .h = 4, .w = 2, .in = 3, .out = 5, .kh = 4, .kw = 2},
      {.n = 2, .h = 6, .w = 6, .in = 3, .out = 2, .kh = 3, .kw = 3, .top = -1, .left = -2, .bottom = -1, .right = 1},
      {.h = 1, .w = 20, .in = 4, .out = 3, .kw = 5, .sw = 2, .left = 3, .right = 1, .dw = 2},
      {.h = 5, .w = 5, .in = 6, .out = 9, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1, .groups = 3},
      {.n = 2,
       .h = 5,
       .w = 4,
       .in = 3,
       .out = 3,
       .kh = 3,
       .kw = 3,
       .sh = 2,
       .top = 1,
       .left = 1,
       .bottom = 1,
       .right = 1,
       .groups = 3},
      {.h = 4, .w = 4, .in = 3, .out = 6, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1, .groups = 3},
      {.h = 4, .w = 6, .in = 5, .out = 5, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .bottom = 1, .right = 1, .groups = 5},
      {.h = 6, .w = 5, .in = 6, .out = 6, .kh = 5, .kw = 5, .top = 2, .left = 2, .bottom = 2, .right = 2, .groups = 6},
      {.n = 2, .h = 1, .w = 9, .in = 4, .out = 4, .kw = 3, .sw = 2, .left = 2, .dw = 2, .groups = 4},
      {.h = 8, .w = 8, .in = 4, .out = 4, .kh = 8, .kw = 7, .top = 3, .left = 3, .bottom = 4, .right = 3, .groups = 4},
  };
}

std::pair<int32_t, int32_t> range(bool isSigned) { return isSigned ? std::pair(-128, 127) : std::pair(0, 255); }

/// Any byte, read as the type's signedness says.
int64_t stored(bool isSigned, uint8_t byte) { return isSigned ? static_cast<int8_t>(byte) : byte; }

template <typename T> const T &at(const std::vector<T> &v, int64_t channel) { return v[v.size() == 1 ? 0 : channel]; }

/// Exact sums Σ (x − zx)(w − zw) + b.
std::vector<int64_t> sums(const Case &q, const std::vector<uint8_t> &x, const std::vector<uint8_t> &w,
                          const std::vector<int32_t> &bias) {
  auto acc = naiveConv<int64_t>(q.c, x, w, [&](uint8_t a, uint8_t b, int64_t o) {
    return (stored(q.xSigned, a) - q.xZero) * (stored(q.wSigned, b) - at(q.wZeros, o));
  });
  for (size_t i = 0; i < acc.size() && !bias.empty(); ++i)
    acc[i] += bias[i % bias.size()];
  return acc;
}

nn::Conv2dOp conv(Nn &m, const Case &q, mlir::Type y, const std::vector<uint8_t> &x, const std::vector<uint8_t> &w,
                  const std::vector<int32_t> &bias, mlir::FloatAttr lo = {}, mlir::FloatAttr hi = {}) {
  const Window &c = q.c;
  mlir::Type wType = q.wScales.size() == 1 ? m.quant(q.wSigned, q.wScales[0], q.wZeros[0])
                                           : m.quantAxis(q.wSigned, q.wScales, q.wZeros, 0);
  mlir::Value b;
  if (!bias.empty())
    b = m.constant(m.tensor({c.out}, m.i32()), bias);
  return nn::Conv2dOp::create(m.b, m.loc, m.tensor({c.n, c.oh(), c.ow(), c.out}, y),
                              m.input(m.tensor(c.x(), m.quant(q.xSigned, q.xScale, q.xZero)), x),
                              q.constantWeights ? m.constant(m.tensor(c.weights(), wType), w)
                                                : m.input(m.tensor(c.weights(), wType), w),
                              b, c.strides(), c.pads(), c.dilations(), static_cast<uint64_t>(c.groups), lo, hi);
}

/// How a convolution is to be lowered: to plain kernels, or to a family's, with tiles of so many pixels; by Winograd's
/// form, where that is, with as many as it likes (4) or as few as can be.
struct Form {
  int64_t pixels = 0;
  bool winograd = false;
  bool wide = false; ///< weights of 16 bits
  const char *family = "pairs";
  bool joined = false;  ///< two pixels share a multiplication
  bool skips = false;   ///< inputs that are zero
  bool whole = false;   ///< tiles are all alike
  bool anyTaps = false; ///< depthwise windows don't slide
};

void take(Nn &m, mlir::Operation *op, Form form) {
  if (form.pixels > 0)
    op->setAttr(nn::kernelFamilyAttrName, m.b.getStringAttr(form.family));
  if (form.winograd)
    op->setAttr(nn::winogradAttrName, m.b.getUnitAttr());
  if (form.wide)
    op->setAttr(nn::wideWeightsAttrName, m.b.getUnitAttr());
  if (form.joined)
    op->setAttr(nn::joinedPixelsAttrName, m.b.getUnitAttr());
  if (form.whole)
    op->setAttr(nn::wholeTilesAttrName, m.b.getUnitAttr());
  if (form.anyTaps)
    op->setAttr(nn::anyTapsAttrName, m.b.getUnitAttr());
  if (form.skips)
    op->setAttr(nn::skipZerosAttrName, m.b.getUnitAttr());
  if (form.pixels > 0 && !(form.winograd && form.pixels == 4))
    op->setAttr(nn::tilePixelsAttrName, m.b.getI64IntegerAttr(form.pixels));
}

void check(const Case &q, uint32_t seed, bool extreme = false) {
  INFO(q.c.text() << " x " << q.xSigned << " w " << q.wSigned << " y " << q.ySigned << " seed " << seed);
  Nn m;
  Random random(seed);
  auto x = random.integers<uint8_t>(count(q.c.x()), 0, 255), w = random.integers<uint8_t>(count(q.c.weights()), 0, 255);
  for (std::vector<uint8_t> *bytes : {&x, &w})
    for (uint8_t &byte : *bytes)
      if (extreme) // the least and the greatest, in both readings
        byte = byte < 64 ? 0 : byte < 128 ? 127 : byte < 192 ? 128 : 255;
  auto bias = q.bias ? random.integers<int32_t>(q.c.out, -5000, 5000) : std::vector<int32_t>();
  const std::vector<int64_t> acc = sums(q, x, w, bias);
  checkEqual(m.run<int32_t>(conv(m, q, m.i32(), x, w, bias)), acc);

  const auto [lo, hi] = range(q.ySigned);
  std::vector<int64_t> y;
  for (size_t i = 0; i < acc.size(); ++i)
    y.push_back(requantised(acc[i], static_cast<float>(q.xScale),
                            static_cast<float>(at(q.wScales, static_cast<int64_t>(i) % q.c.out)),
                            static_cast<float>(q.yScale), static_cast<int32_t>(q.yZero), lo, hi));
  std::vector<Form> forms = {
      {0}, {1}, {2}, {3}, {4}, {1, true}, {4, true}, {2, false, true}, {3, false, true}, {4, false, true}};
  for (const int64_t pixels : {1, 2, 3, 4, 5})
    forms.push_back({.pixels = pixels, .joined = true, .skips = true});
  for (const int64_t pixels : {1, 2, 3, 4, 5, 6})
    forms.push_back({.pixels = pixels, .family = "lanes"});
  for (const int64_t pixels : {1, 3, 8})
    forms.push_back({.pixels = pixels, .family = "dots"});
  for (const int64_t pixels : {2, 3, 4})
    for (const bool wide : {false, true})
      forms.push_back({.pixels = pixels, .wide = wide, .whole = true});
  forms.push_back({.pixels = 4, .anyTaps = true});
  for (const Form &form : forms) {
    mlir::Operation *op = conv(m, q, m.quant(q.ySigned, q.yScale, q.yZero), x, w, bias);
    INFO(form.family << ", tiles of " << form.pixels << (form.winograd ? " by Winograd's form" : "")
                     << (form.wide ? " of wide weights" : "") << (form.joined ? " of joined pixels" : "")
                     << (form.whole ? ", all alike" : "") << (form.anyTaps ? ", for any taps" : ""));
    take(m, op, form);
    if (q.ySigned)
      checkEqual(m.run<int8_t>(op), y);
    else
      checkEqual(m.run<uint8_t>(op), y);
  }
}

/// The kernel that a convolution of `c` without bias and zero points is lowered to with tiles of at most `pixels`.
std::string kernelOf(const Window &c, Form form, bool wSigned = true, int64_t wZero = 0, double wScale = 0.01,
                     uint8_t weight = 1) {
  Nn m;
  const Case q{.c = c, .wSigned = wSigned, .wZeros = {wZero}, .wScales = {wScale}};
  const std::vector<uint8_t> x(count(c.x()), 0), w(count(c.weights()), weight);
  auto op = conv(m, q, m.quant(true, 0.05, 0), x, w, {});
  take(m, op, form);
  nn::Lowering l(op);
  REQUIRE(succeeded(op.lower(l)));
  return l.calls().size() == 1 ? std::string(l.calls().front().kernel->name) : "";
}

} // namespace

TEST_CASE("quantised conv2d: every shape, int8") {
  for (const Window &c : shapes())
    check({.c = c, .xZero = -3, .yZero = 5}, 11);
}

TEST_CASE("quantised conv2d: every shape, uint8 activations and weights with zero points") {
  for (const Window &c : shapes())
    check({.c = c, .xSigned = false, .wSigned = false, .ySigned = false, .xZero = 121, .yZero = 130, .wZeros = {117}},
          12);
}

TEST_CASE("quantised conv2d: every mix of signedness, extreme zero points, no bias") {
  const Window c{.h = 4, .w = 4, .in = 3, .out = 2, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1};
  uint32_t seed = 100;
  for (const bool xSigned : {false, true})
    for (const bool wSigned : {false, true})
      for (const bool ySigned : {false, true})
        for (const bool highest : {false, true}) {
          auto end = [&](bool isSigned) { return highest ? range(isSigned).second : range(isSigned).first; };
          check({.c = c,
                 .xSigned = xSigned,
                 .wSigned = wSigned,
                 .ySigned = ySigned,
                 .xZero = end(xSigned),
                 .yZero = end(ySigned),
                 .wZeros = {end(wSigned)},
                 .yScale = 2.5,
                 .bias = false},
                ++seed);
        }
}

TEST_CASE("quantised conv2d: scales and zero points per output channel") {
  for (const Window &c : shapes()) {
    Random random(13);
    Case q{.c = c, .xSigned = false, .xZero = 128, .wZeros = {}, .wScales = {}};
    for (int64_t o = 0; o < c.out; ++o) {
      q.wScales.push_back(0.001 + 0.013 * static_cast<double>(o));
      q.wZeros.push_back(random.integer(-20, 20));
    }
    if (c.out > 1)
      check(q, 14);
  }
}

TEST_CASE("quantised conv2d: no channel has a multiplier that is proven for the upper half") {
  for (const Window &c : shapes())
    check({.c = c, .xZero = 7, .yZero = -9, .wScales = {3.0}, .xScale = 0.5, .yScale = 1.0}, 15);
}

TEST_CASE("quantised conv2d: tiles of the kernels for pairs") {
  for (const auto &[width, pixels] : {std::pair<int64_t, int64_t>{1, 1},
                                      {2, 2},
                                      {3, 3},
                                      {4, 4},
                                      {5, 3},
                                      {6, 3},
                                      {7, 4},
                                      {8, 4},
                                      {9, 3},
                                      {10, 4},
                                      {125, 4}})
    CHECK(nn::balancedTilePixels(width, nn::mostTilePixels) == pixels);
  for (const auto &[width, pixels] : {std::pair<int64_t, int64_t>{1, 1},
                                      {2, 2},
                                      {3, 3},
                                      {4, 4},
                                      {5, 5},
                                      {6, 3},
                                      {7, 4},
                                      {8, 4},
                                      {9, 5},
                                      {10, 5},
                                      {32, 4}})
    CHECK(nn::joinedTilePixels(width) == pixels);
  const Window pointwise{.h = 1, .w = 5, .in = 8, .out = 4}, wide{.h = 8, .w = 8, .in = 8, .out = 4, .kh = 3, .kw = 3};
  CHECK(kernelOf(pointwise, {4}) == "brn_conv_pairs3_s8_s8");
  CHECK(kernelOf(pointwise, {1}) == "brn_conv_pairs1_s8_s8");
  CHECK(kernelOf(pointwise, {4, false, true}) == "brn_conv_wide_pairs3_s8_s8");
  CHECK(kernelOf(pointwise, {1, false, true}) == "brn_conv_pairs1_s8_s8"); // reads bytes as they are
  const Form joined{.pixels = 5, .joined = true};
  CHECK(kernelOf(pointwise, joined) == "brn_conv_joined_pairs5_s8_s8");
  CHECK(kernelOf(wide, joined) == "brn_conv_joined_pairs3_s8_s8");
  CHECK(kernelOf(wide, joined, true, 0, 0.01, 128) == "brn_conv_pairs3_s8_s8"); // two products of -128 and -128
  CHECK(kernelOf(wide, {4}) == "brn_conv_pairs3_s8_s8");
  CHECK(kernelOf(wide, {2}) == "brn_conv_pairs2_s8_s8");
  CHECK(kernelOf(wide, {1}) == "brn_conv_pairs2_s8_s8"); // a window of several rows needs a panel
  CHECK(kernelOf(wide, {.pixels = 4, .whole = true}) == "brn_conv_whole_pairs4_s8_s8");
  CHECK(kernelOf(wide, {.pixels = 3, .wide = true, .whole = true}) == "brn_conv_wide_whole_pairs3_s8_s8");
  CHECK(kernelOf({.h = 1, .w = 1, .in = 8, .out = 4}, {.pixels = 3, .whole = true}) == "brn_conv_whole_pairs3_s8_s8");
  CHECK(kernelOf({.h = 1, .w = 3, .in = 8, .out = 4}, {.pixels = 4, .whole = true}) == "brn_conv_whole_pairs3_s8_s8");
  CHECK(kernelOf(pointwise, {.pixels = 1, .whole = true}) == "brn_conv_pairs1_s8_s8"); // no tiles at all
  CHECK(kernelOf(wide, {4}, /*wSigned=*/false, 128) == "brn_conv_pairs3_s8_s8");
  CHECK(kernelOf(wide, {4}, /*wSigned=*/false, 0) == "brn_conv_pairs3_s8_s8"); // all weights are 1
}

TEST_CASE("quantised conv2d: inputs that are zero are skipped") {
  const Form form{.pixels = 1, .skips = true};
  for (const int64_t out : {16, 31, 48})
    for (const int64_t in : {1, 7, 40})
      for (const bool isSigned : {false, true}) {
        const Window c{.h = 1, .w = 2, .in = in, .out = out, .kw = 2};
        CHECK(kernelOf(c, form) == "brn_conv_columns1_s8_s8");
        const Case q{.c = c, .xSigned = isSigned, .xZero = isSigned ? -128 : 0, .yZero = 3, .wScales = {0.0007}};
        check(q, static_cast<uint32_t>(out + in), /*extreme=*/true); // a quarter of the inputs is zero
      }
  CHECK(kernelOf({.h = 1, .w = 1, .in = 8, .out = 17}, form) == "brn_conv_pairs1_s8_s8"); // half would be padding
  CHECK(kernelOf({.h = 1, .w = 2, .in = 8, .out = 16}, form) == "brn_conv_columns1_s8_s8");
}

TEST_CASE("quantised conv2d: Winograd's form at all edges") {
  Random random(31);
  for (int64_t width = 1; width <= 19; ++width)
    for (const bool extreme : {false, true}) {
      const int64_t left = random.integer(width < 3 ? 1 : 0, 2), right = random.integer(width + left < 3 ? 2 : 0, 2);
      const Window c{.h = random.integer(3, 5),
                     .w = width,
                     .in = random.integer(1, 9),
                     .out = random.integer(1, 9),
                     .kh = random.integer(1, 3),
                     .kw = 3,
                     .sh = random.integer(1, 2),
                     .top = random.integer(0, 2),
                     .left = left,
                     .bottom = random.integer(0, 2),
                     .right = right};
      const bool xSigned = random.integer(0, 1) == 0, ySigned = random.integer(0, 1) == 0;
      check({.c = c,
             .xSigned = xSigned,
             .ySigned = ySigned,
             .xZero = xSigned ? -128 : 255,
             .yZero = 3,
             .wScales = {0.0007}},
            static_cast<uint32_t>(100 + width), extreme);
    }
}

TEST_CASE("quantised conv2d: where Winograd's form is taken") {
  const Window wide{.h = 8, .w = 8, .in = 8, .out = 4, .kh = 3, .kw = 3},
      narrow{.h = 8, .w = 6, .in = 8, .kh = 3, .kw = 3};
  const Form winograd{4, true}, small{1, true};
  CHECK(kernelOf(wide, winograd) == "brn_conv_winograd2_s8_s8");
  CHECK(kernelOf(wide, small) == "brn_conv_winograd1_s8_s8");
  CHECK(kernelOf(narrow, winograd) == "brn_conv_winograd1_s8_s8"); // four pixels a row
  CHECK(kernelOf({.h = 8, .w = 8, .in = 8, .out = 4, .kh = 3, .kw = 3, .sw = 2}, winograd) == "brn_conv_pairs3_s8_s8");
  CHECK(kernelOf({.h = 8, .w = 8, .in = 8, .out = 4, .kh = 3, .kw = 5}, winograd) == "brn_conv_pairs4_s8_s8");
  // 24 * 128 * 127 * depth has to stay below 2^31: up to 5504 taps.
  CHECK(kernelOf({.h = 1, .w = 8, .in = 1834, .kw = 3}, winograd, true, 0, 0.01, 127) == "brn_conv_winograd2_s8_s8");
  CHECK(kernelOf({.h = 1, .w = 8, .in = 1836, .kw = 3}, winograd, true, 0, 0.01, 127) == "brn_conv_pairs3_s8_s8");
}

TEST_CASE("quantised conv2d: depthwise kernels for pairs") {
  const auto kernel = [](int64_t channels, int64_t size, int64_t stride, double wScale = 0.01) {
    return kernelOf(
        {.h = 8, .w = 8, .in = channels, .out = channels, .kh = size, .kw = size, .sw = stride, .groups = channels},
        {4}, true, 0, wScale);
  };
  CHECK(kernel(3, 3, 1) == "brn_depthwise3_s8_s8");
  CHECK(kernel(3, 3, 2) == "brn_depthwise3by2_s8_s8");
  CHECK(kernel(4, 3, 3) == "brn_depthwise_pairs_s8_s8");
  CHECK(kernel(3, 3, 3) == "brn_depthwise_row_s8_s8"); // four channels at a time
  CHECK(kernel(4, 7, 1) == "brn_depthwise_pairs_s8_s8");
  CHECK(kernel(4, 8, 1) == "brn_depthwise_row_s8_s8");        // more than 49 taps
  CHECK(kernel(4, 3, 1, 0.5) == "brn_depthwise_pairs_s8_s8"); // a scale that brn_slide3_s8_s8 can't take
  CHECK(kernel(3, 3, 1, 0.5) == "brn_depthwise_row_s8_s8");
}

TEST_CASE("quantised conv2d: kernels for dot products") {
  const Form dots{.pixels = 8, .family = "dots"};
  const auto depthwise = [&](int64_t channels, int64_t size, uint8_t weight = 1) {
    return kernelOf({.h = 8, .w = 8, .in = channels, .out = channels, .kh = size, .kw = size, .groups = channels}, dots,
                    true, 0, 0.01, weight);
  };
  CHECK(kernelOf({.h = 1, .w = 5, .in = 8, .out = 4}, dots) == "brn_conv_dots_direct_s8_s8");
  CHECK(kernelOf({.h = 1, .w = 5, .in = 8, .out = 4, .kw = 3, .sw = 2}, dots) == "brn_conv_dots_direct_s8_s8");
  CHECK(kernelOf({.h = 1, .w = 5, .in = 8, .out = 4, .kw = 3, .left = 1}, dots) == "brn_conv_dots_s8_s8"); // padding
  CHECK(kernelOf({.h = 4, .w = 5, .in = 8, .out = 4, .kh = 2}, dots) == "brn_conv_dots_s8_s8");            // two rows
  CHECK(kernelOf({.h = 1, .w = 5, .in = 8, .out = 4, .kw = 2, .dw = 2}, dots) == "brn_conv_dots_s8_s8");
  CHECK(kernelOf({.h = 3, .w = 5, .in = 8, .out = 4, .groups = 2}, dots) == "brn_conv_dots_direct_s8_s8");
  CHECK(depthwise(5, 3) == "brn_depthwise_dots_s8_s8");
  CHECK(depthwise(32, 7) == "brn_depthwise_dots_s8_s8");
  CHECK(depthwise(32, 8) == "brn_depthwise_row_s8_s8");      // more than 49 taps
  CHECK(depthwise(32, 3, 128) == "brn_depthwise_row_s8_s8"); // two products of -128 and -128
}

TEST_CASE("quantised conv2d: blocks of channels of the kernels for dot products") {
  Random random(41);
  for (int64_t out = 1; out <= 20; ++out)
    for (const bool extreme : {false, true}) {
      const int64_t in = random.integer(1, 40);
      check({.c = {.h = 3, .w = 5, .in = in, .out = out, .kh = 2, .left = 1}, .xZero = -128, .yZero = 7},
            static_cast<uint32_t>(300 + out), extreme);
      check({.c = {.h = 3, .w = 7, .in = 3 * out, .out = 3 * out, .kh = 3, .kw = 3, .left = 1, .groups = 3 * out},
             .xSigned = false,
             .ySigned = false,
             .xZero = 128,
             .yZero = 3},
            static_cast<uint32_t>(400 + out), extreme);
    }
}

TEST_CASE("quantised conv2d: kernels with a lane for each channel") {
  for (const auto &[width, channels, pixels] : {std::array<int64_t, 3>{1, 8, 1},
                                                {6, 16, 6},
                                                {6, 17, 3},
                                                {7, 16, 4},
                                                {11, 1, 6},
                                                {5, 64, 3},
                                                {4, 64, 2},
                                                {125, 64, 3}})
    CHECK(nn::laneTilePixels(width, channels) == pixels);
  CHECK(nn::laneTilePixels(32, 16, /*most=*/2) == 2);
  const Form lanes{.pixels = 6, .family = "lanes"};
  const auto kernel = [&](int64_t channels, int64_t groups, int64_t size, double wScale = 0.01) {
    return kernelOf({.h = 8, .w = 8, .in = channels, .out = channels, .kh = size, .kw = size, .groups = groups}, lanes,
                    true, 0, wScale);
  };
  CHECK(kernel(4, 1, 3) == "brn_conv_shared_lanes6_s8_s8");
  CHECK(kernel(4, 1, 8) == "brn_conv_lanes1_s8_s8");
  CHECK(kernel(4, 2, 3) == "brn_conv_shared_lanes6_s8_s8");
  CHECK(kernel(4, 2, 2) == "brn_conv_lanes4_s8_s8");
  CHECK(kernel(4, 4, 8) == "brn_depthwise_lanes_s8_s8");
  CHECK(kernel(4, 1, 3, 1.0) == "brn_conv_row_s8_s8"); // a scale that no upper half has
}

TEST_CASE("quantised conv2d: weights computed at run time") {
  for (const Window &c : shapes())
    for (const bool bias : {false, true}) {
      check({.c = c, .xZero = -3, .yZero = 5, .bias = bias, .constantWeights = false}, 21);
      check({.c = c,
             .xSigned = false,
             .wSigned = false,
             .xZero = 121,
             .wZeros = {117},
             .bias = bias,
             .constantWeights = false},
            22);
    }
  const Window c{.h = 4, .w = 4, .in = 2, .out = 2, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1};
  check({.c = c, .wZeros = {5, 5}, .wScales = {0.01, 0.3}, .constantWeights = false}, 23);
  check({.c = c, .xSigned = false, .xZero = 255, .wZeros = {-128}, .constantWeights = false}, 24);
}

TEST_CASE("quantised conv2d: what isn't constant and has to be is refused") {
  Nn m;
  const Case q{.c = {.h = 1, .w = 1, .in = 2, .out = 2}, .wZeros = {0, 1}, .wScales = {1, 1}, .constantWeights = false};
  CHECK(m.refusesToLower(conv(m, q, m.i32(), {1, 1}, {1, 1, 1, 1}, {})));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1703") && Catch::Contains("weights with a zero point per channel"));

  auto x = m.input(m.tensor({1, 1, 1, 1}, m.quant(true, 1.0, 0)), std::vector<int8_t>{1});
  auto w = m.constant(m.tensor({1, 1, 1, 1}, m.quant(true, 1.0, 0)), std::vector<int8_t>{1});
  auto bias = m.input(m.tensor({1}, m.i32()), std::vector<int32_t>{1});
  CHECK(
      m.refusesToLower(nn::Conv2dOp::create(m.b, m.loc, m.tensor({1, 1, 1, 1}, m.i32()), x, w, bias, Shape{1, 1},
                                            Shape{0, 0, 0, 0}, Shape{1, 1}, 1, mlir::FloatAttr(), mlir::FloatAttr())));
  CHECK_THAT(m.messages(), Catch::Contains("the bias of a quantised operator is computed at run time"));
}

TEST_CASE("quantised conv2d: scales whose quotient is no float are refused") {
  Nn m;
  const Case q{.c = {.h = 1, .w = 1}, .wScales = {1e20}, .xScale = 1e20, .yScale = 1e-20};
  CHECK(m.refusesToLower(conv(m, q, m.quant(true, q.yScale, 0), {1}, {1}, {})));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1401"));
}

TEST_CASE("quantised conv2d: results saturate at both ends") {
  const Window c{.h = 4, .w = 6, .in = 4, .out = 3, .kh = 2, .kw = 2};
  check({.c = c, .yScale = 0.0005}, 15);
  check({.c = c, .ySigned = false, .yZero = 7, .yScale = 0.0005}, 16);
}

TEST_CASE("quantised conv2d: scales whose quotient isn't short in binary") {
  // The requantised values fall near ties often: outputs are few steps wide and the scales are powers of two.
  const Window c{.h = 3, .w = 8, .in = 2, .out = 2, .kh = 2, .kw = 2};
  check({.c = c, .wScales = {0.25}, .xScale = 0.5, .yScale = 1.0}, 17);
  check({.c = c, .wScales = {0.125}, .xScale = 0.125, .yScale = 1.0 / 3}, 18);
  check({.c = c, .wScales = {1e-20}, .xScale = 1e-15, .yScale = 1e10}, 19); // everything is the zero point
}

TEST_CASE("quantised conv2d: the clamp is in real numbers") {
  Nn m;
  Random random(20);
  const Case q{.c = {.h = 4, .w = 6, .in = 4, .out = 3, .kh = 2, .kw = 2}, .yZero = -10};
  auto x = random.integers<uint8_t>(count(q.c.x()), 0, 255), w = random.integers<uint8_t>(count(q.c.weights()), 0, 255);
  const auto acc = sums(q, x, w, {});
  auto op = conv(m, q, m.quant(true, q.yScale, q.yZero), x, w, {}, m.b.getF64FloatAttr(0), m.b.getF64FloatAttr(3.3));
  std::vector<int64_t> y;
  for (int64_t a : acc) // 0 is stored as -10, 3.3 as 66 - 10
    y.push_back(requantised(a, 0.02f, 0.01f, 0.05f, -10, -10, 56));
  checkEqual(m.run<int8_t>(op), y);
}

TEST_CASE("quantised conv2d: 4-bit weights") {
  Nn m;
  auto i4 = mlir::quant::UniformQuantizedType::get(mlir::quant::QuantizationFlags::Signed, m.b.getIntegerType(4),
                                                   m.f32(), 0.5, 0, -8, 7);
  auto w = m.constant(m.tensor({1, 1, 1, 3}, i4), std::vector<int8_t>{-8, 7, 1});
  auto x = m.input(m.tensor({1, 1, 1, 3}, m.quant(true, 1.0, 0)), std::vector<int8_t>{10, 20, -30});
  auto op = nn::Conv2dOp::create(m.b, m.loc, m.tensor({1, 1, 1, 1}, m.i32()), x, w, mlir::Value(), Shape{1, 1},
                                 Shape{0, 0, 0, 0}, Shape{1, 1}, 1, mlir::FloatAttr(), mlir::FloatAttr());
  checkEqual(m.run<int32_t>(op), std::vector<int>{-80 + 140 - 30});
}

TEST_CASE("quantised conv2d: a sum that 32 bits can't be proven to hold is refused") {
  Nn m;
  auto build = [&](int32_t bias) {
    const Case q{.c = {.h = 1, .w = 1, .in = 2, .out = 2}};
    return conv(m, q, m.quant(true, 1.0, 0), {1, 1}, {127, 127, 2, 2}, {0, bias});
  };
  // Channel 1 reaches -128 * 4 = -512 below its bias and 127 * 4 = 508 above.
  CHECK_FALSE(m.refusesToLower(build(2147483647 - 508)));
  CHECK(m.messages().empty());
  CHECK(m.refusesToLower(build(2147483647 - 507)));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1702") && Catch::Contains("channel 1") && Catch::Contains("2147483648"));
}

TEST_CASE("quantised conv2d: the largest provable sums are exact") {
  Nn m;
  const Case q{.c = {.h = 1, .w = 1, .in = 2, .out = 1}, .xSigned = false, .xZero = 255};
  const int32_t bias = INT32_MIN + 2 * 255 * 127;
  auto op = conv(m, q, m.i32(), {0, 0}, {127, 127}, {bias});
  checkEqual(m.run<int32_t>(op), std::vector<int64_t>{INT32_MIN});
}
