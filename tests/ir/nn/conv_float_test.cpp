// nn.conv2d on floats against sums in double.
#include "ir/nn/ops/Conv2d.h"
#include "tests/ir/nn/conv_support.h"

#include <limits>

using namespace burin;
using namespace burin::test;

namespace {

std::vector<Window> shapes() {
  return {
      {.h = 5, .w = 6, .in = 3, .out = 4, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1},
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
      {.n = 3, .h = 4, .w = 4, .in = 5, .out = 6},                       // 1x1: all pixels are one row
      {.n = 2, .h = 5, .w = 7, .in = 2, .out = 3, .sh = 2, .sw = 2},     // 1x1 with stride
      {.n = 2, .h = 3, .w = 3, .in = 2, .out = 2, .top = 1, .right = 1}, // 1x1 with borders
      {.n = 3, .h = 4, .w = 2, .in = 3, .out = 5, .kh = 4, .kw = 2},     // the whole image
      {.n = 2, .h = 6, .w = 6, .in = 3, .out = 2, .kh = 3, .kw = 3, .top = -1, .left = -2, .bottom = -1, .right = 1},
      {.n = 2, .h = 1, .w = 20, .in = 4, .out = 3, .kw = 5, .sw = 2, .left = 3, .right = 1, .dw = 2}, // 1-D
      {.h = 1, .w = 1, .in = 3, .out = 2, .kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1},
      {.n = 2,
       .h = 5,
       .w = 5,
       .in = 6,
       .out = 9,
       .kh = 3,
       .kw = 3,
       .top = 1,
       .left = 1,
       .bottom = 1,
       .right = 1,
       .groups = 3},
      {.n = 2, .h = 3, .w = 4, .in = 4, .out = 4, .groups = 2}, // 1x1 in groups
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
      {.n = 2, .h = 6, .w = 7, .in = 3, .out = 3, .kh = 2, .kw = 3, .left = 2, .dh = 2, .dw = 2, .groups = 3},
      {.n = 2,
       .h = 4,
       .w = 4,
       .in = 3,
       .out = 6,
       .kh = 3,
       .kw = 3,
       .top = 1,
       .left = 1,
       .bottom = 1,
       .right = 1,
       .groups = 3},
      {.h = 4, .w = 4, .in = 3, .out = 3, .groups = 3}, // depthwise 1x1
      {.h = 3, .w = 3, .in = 1, .out = 1, .kh = 2, .kw = 2},
      {.h = 2, .w = 2, .in = 1, .out = 1, .kh = 1, .kw = 1, .top = 3, .left = 3, .bottom = 3, .right = 3}, // mostly
                                                                                                           // padding
  };
}

template <typename T>
std::vector<double> expected(const Window &c, const std::vector<T> &x, const std::vector<T> &w,
                             const std::vector<T> &bias) {
  auto y = naiveConv<double>(c, x, w, [](double a, double b, int64_t) { return a * b; });
  for (size_t i = 0; i < y.size() && !bias.empty(); ++i)
    y[i] += static_cast<double>(bias[i % bias.size()]);
  return y;
}

nn::Conv2dOp conv(Nn &m, const Window &c, mlir::Value x, mlir::Value w, mlir::Value bias, mlir::FloatAttr lo = {},
                  mlir::FloatAttr hi = {}) {
  return nn::Conv2dOp::create(m.b, m.loc, x, w, bias, c.strides(), c.pads(), c.dilations(),
                              static_cast<uint64_t>(c.groups), lo, hi);
}

template <typename T> void checkAll(mlir::Type element, Nn &m) {
  Random random(1);
  for (const Window &c : shapes())
    for (const bool constantWeights : {true, false}) {
      INFO(c.text() << (constantWeights ? "constant weights" : "run-time weights"));
      auto x = random.reals<T>(count(c.x())), w = random.reals<T>(count(c.weights())), bias = random.reals<T>(c.out);
      mlir::Value wv =
          constantWeights ? m.constant(m.tensor(c.weights(), element), w) : m.input(m.tensor(c.weights(), element), w);
      auto op = conv(m, c, m.input(m.tensor(c.x(), element), x), wv, m.constant(m.tensor({c.out}, element), bias));
      CHECK(op.getType() == m.tensor({c.n, c.oh(), c.ow(), c.out}, element));
      CHECK(op.macs() == c.n * c.oh() * c.ow() * c.out * c.kh * c.kw * (c.in / c.groups));
      checkClose(m.run<T>(op), expected(c, x, w, bias));
    }
}

} // namespace

TEST_CASE("conv2d f32: every shape, constant and run-time weights") {
  Nn m;
  checkAll<float>(m.f32(), m);
}

TEST_CASE("conv2d f64: every shape, constant and run-time weights") {
  Nn m;
  checkAll<double>(m.b.getF64Type(), m);
}

TEST_CASE("conv2d without bias, and with a bias known at run time") {
  Nn m;
  Random random(2);
  const Window c{.h = 4, .w = 5, .in = 2, .out = 4, .kh = 2, .kw = 2, .groups = 2};
  auto x = random.reals(count(c.x())), w = random.reals(count(c.weights())), bias = random.reals(c.out);
  mlir::Value xv = m.input(m.tensor(c.x(), m.f32()), x), wv = m.constant(m.tensor(c.weights(), m.f32()), w);
  checkClose(m.run<float>(conv(m, c, xv, wv, {})), expected<float>(c, x, w, {}));
  checkClose(m.run<float>(conv(m, c, xv, wv, m.input(m.tensor({c.out}, m.f32()), bias))), expected(c, x, w, bias));
}

TEST_CASE("conv2d clamps after the bias") {
  Nn m;
  Random random(3);
  const Window c{.h = 4, .w = 5, .in = 2, .out = 3, .kh = 2, .kw = 2};
  auto x = random.reals(count(c.x())), w = random.reals(count(c.weights())), bias = random.reals(c.out);
  auto y = expected(c, x, w, bias);
  auto op = conv(m, c, m.input(m.tensor(c.x(), m.f32()), x), m.constant(m.tensor(c.weights(), m.f32()), w),
                 m.constant(m.tensor({c.out}, m.f32()), bias), m.b.getF64FloatAttr(-0.5), m.b.getF64FloatAttr(1.25));
  for (double &v : y)
    v = std::min(1.25, std::max(-0.5, v));
  checkClose(m.run<float>(op), y);
}

TEST_CASE("conv2d relu has no upper bound and lets NaN pass") {
  Nn m;
  const Window c{.h = 1, .w = 4};
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  auto op = conv(m, c, m.input(m.tensor(c.x(), m.f32()), std::vector<float>{-3, 1e30f, nan, inf}),
                 m.constant(m.tensor(c.weights(), m.f32()), std::vector<float>{1}), {}, m.b.getF64FloatAttr(0));
  auto y = m.run<float>(op);
  CHECK(y[0] == 0);
  CHECK(y[1] == 1e30f);
  CHECK(std::isnan(y[2]));
  CHECK(y[3] == inf);
}

TEST_CASE("conv2d f16 computes in f32 and rounds once") {
  // 16-bit patterns of 1, 2048, 0.5 and -1; a sum in f16 would lose the 0.5s: 2048 + 0.5 + 0.5 = 2049 needs 12 bits.
  const uint16_t one = 0x3C00, big = 0x6800, half = 0x3800, minusOne = 0xBC00;
  Nn m;
  mlir::Type f16 = m.b.getF16Type();
  const Window c{.h = 1, .w = 1, .in = 4, .out = 1};
  for (const bool constantWeights : {true, false}) {
    std::vector<uint16_t> weights{one, one, one, one};
    mlir::Value w = constantWeights ? m.constant(m.tensor(c.weights(), f16), weights)
                                    : m.input(m.tensor(c.weights(), f16), weights);
    auto op = conv(m, c, m.input(m.tensor(c.x(), f16), std::vector<uint16_t>{big, half, half, minusOne}), w,
                   m.constant(m.tensor({1}, f16), std::vector<uint16_t>{one}));
    // 2048 + 0.5 + 0.5 - 1 + 1 = 2049, halfway between 2048 and 2050: to even.
    checkEqual(m.run<uint16_t>(op), std::vector<uint16_t>{big});
  }
}

TEST_CASE("conv2d bf16 depthwise") {
  // 0x3F80 = 1, 0x4000 = 2, 0x4040 = 3, 0x4080 = 4, 0x40C0 = 6, 0x4100 = 8
  Nn m;
  mlir::Type bf16 = m.b.getBF16Type();
  const Window c{.h = 1, .w = 2, .in = 2, .out = 2, .groups = 2};
  auto op = conv(m, c, m.input(m.tensor(c.x(), bf16), std::vector<uint16_t>{0x3F80, 0x4000, 0x4040, 0x4080}),
                 m.constant(m.tensor(c.weights(), bf16), std::vector<uint16_t>{0x4000, 0x4000}), {});
  checkEqual(m.run<uint16_t>(op), std::vector<uint16_t>{0x4000, 0x4080, 0x40C0, 0x4100});
}

TEST_CASE("conv2d of an empty batch is empty") {
  Nn m;
  const Window c{.n = 0, .h = 3, .w = 3, .in = 2, .out = 2, .kh = 2, .kw = 2};
  auto op = conv(m, c, m.input(m.tensor(c.x(), m.f32()), std::vector<float>{}),
                 m.constant(m.tensor(c.weights(), m.f32()), std::vector<float>(16, 1.0f)), {});
  CHECK(m.run<float>(op).empty());
}
