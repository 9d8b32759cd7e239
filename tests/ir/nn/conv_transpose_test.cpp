// nn.conv_transpose2d by scattering, and nn.interpolate by its sum.
#include "ir/nn/ops/ConvTranspose2d.h"
#include "ir/nn/ops/Interpolate.h"
#include "tests/ir/nn/conv_support.h"

using namespace burin;
using namespace burin::test;

namespace {

struct Transposed {
  Window c; ///< of x and the weights; its own output size isn't used
  int64_t oh, ow;
};

/// The output size without output_padding.
Transposed full(Window c, int64_t extraH = 0, int64_t extraW = 0) {
  return {c, c.sh * (c.h - 1) + c.dh * (c.kh - 1) + 1 - c.top - c.bottom + extraH,
          c.sw * (c.w - 1) + c.dw * (c.kw - 1) + 1 - c.left - c.right + extraW};
}

std::vector<Transposed> shapes() {
  return {
      full({.h = 3, .w = 4, .in = 2, .out = 3, .kh = 3, .kw = 3}),
      full({.n = 2, .h = 3, .w = 3, .in = 2, .out = 3, .kh = 3, .kw = 2, .sh = 2, .sw = 3}, 1, 2),
      full({.h = 4,
            .w = 4,
            .in = 2,
            .out = 2,
            .kh = 3,
            .kw = 3,
            .sh = 2,
            .sw = 2,
            .top = 1,
            .left = 0,
            .bottom = 0,
            .right = 1}),
      full({.h = 3, .w = 3, .in = 2, .out = 2, .kh = 2, .kw = 3, .dh = 2, .dw = 2}),
      full({.n = 2, .h = 2, .w = 3, .in = 4, .out = 6, .kh = 2, .kw = 2, .sh = 2, .groups = 2}),
      full({.h = 1, .w = 5, .in = 3, .out = 2, .kw = 4, .sw = 2, .left = 1, .right = 1}),
      full({.h = 2, .w = 2, .in = 3, .out = 3, .kh = 1, .kw = 1, .sh = 3, .sw = 3, .groups = 3}), // gaps: bias alone
      full({.h = 2, .w = 2, .in = 1, .out = 1, .kh = 2, .kw = 2, .top = -1, .left = -1, .bottom = -1, .right = -1}),
  };
}

std::vector<double> scattered(const Transposed &t, const std::vector<float> &x, const std::vector<float> &w,
                              const std::vector<float> &bias) {
  const Window &c = t.c;
  std::vector<double> y;
  for (int64_t i = 0; i < c.n * t.oh * t.ow; ++i)
    for (int64_t o = 0; o < c.out; ++o)
      y.push_back(bias.empty() ? 0 : static_cast<double>(bias[static_cast<size_t>(o)]));
  const int64_t in = c.in / c.groups, out = c.out / c.groups;
  for (int64_t n = 0; n < c.n; ++n)
    for (int64_t h = 0; h < c.h; ++h)
      for (int64_t v = 0; v < c.w; ++v)
        for (int64_t o = 0; o < c.out; ++o)
          for (int64_t k = 0; k < c.kh; ++k)
            for (int64_t l = 0; l < c.kw; ++l)
              for (int64_t d = 0; d < in; ++d) {
                const int64_t i = h * c.sh - c.top + k * c.dh, j = v * c.sw - c.left + l * c.dw;
                if (i >= 0 && i < t.oh && j >= 0 && j < t.ow)
                  y[((n * t.oh + i) * t.ow + j) * c.out + o] +=
                      static_cast<double>(x[((n * c.h + h) * c.w + v) * c.in + o / out * in + d]) *
                      static_cast<double>(w[((o * c.kh + k) * c.kw + l) * in + d]);
              }
  return y;
}

nn::ConvTranspose2dOp transposedConv(Nn &m, const Transposed &t, mlir::Value x, mlir::Value w, mlir::Value bias,
                                     mlir::FloatAttr lo = {}, mlir::FloatAttr hi = {}) {
  return nn::ConvTranspose2dOp::create(m.b, m.loc, x, w, bias, t.c.strides(), t.c.pads(), t.c.dilations(),
                                       static_cast<uint64_t>(t.c.groups), Shape{t.oh, t.ow}, lo, hi);
}

nn::InterpolateOp interpolate(Nn &m, mlir::Value x, const std::vector<int32_t> &index, const std::vector<float> &weight,
                              int64_t n, int64_t axis) {
  const int64_t taps = static_cast<int64_t>(index.size()) / n;
  return nn::InterpolateOp::create(m.b, m.loc, x, m.constant(m.tensor({n, taps}, m.i32()), index),
                                   m.constant(m.tensor({n, taps}, m.f32()), weight), static_cast<uint64_t>(axis));
}

} // namespace

TEST_CASE("conv_transpose2d: stride, pads, dilation, groups, output padding") {
  Random random(61);
  for (const Transposed &t : shapes()) {
    INFO(t.c.text());
    Nn m;
    auto x = random.reals(count(t.c.x())), w = random.reals(count(t.c.weights())), bias = random.reals(t.c.out);
    mlir::Value xv = m.input(m.tensor(t.c.x(), m.f32()), x);
    auto op = transposedConv(m, t, xv, m.constant(m.tensor(t.c.weights(), m.f32()), w),
                             m.input(m.tensor({t.c.out}, m.f32()), bias));
    CHECK(op.getType() == m.tensor({t.c.n, t.oh, t.ow, t.c.out}, m.f32()));
    CHECK(op.macs() == count(t.c.x()) * t.c.kh * t.c.kw * t.c.out / t.c.groups);
    checkClose(m.run<float>(op), scattered(t, x, w, bias));
    checkClose(m.run<float>(transposedConv(m, t, xv, m.input(m.tensor(t.c.weights(), m.f32()), w), {})),
               scattered(t, x, w, {}));
  }
}

TEST_CASE("conv_transpose2d clamps after the bias") {
  Nn m;
  const Transposed t = full({.h = 1, .w = 3, .sw = 2});
  auto op = transposedConv(m, t, m.input(m.tensor({1, 1, 3, 1}, m.f32()), std::vector<float>{-4, 1, 9}),
                           m.constant(m.tensor({1, 1, 1, 1}, m.f32()), std::vector<float>{1}),
                           m.constant(m.tensor({1}, m.f32()), std::vector<float>{0.5}), m.b.getF64FloatAttr(0),
                           m.b.getF64FloatAttr(6));
  checkClose(m.run<float>(op), {0, 0.5, 1.5, 0.5, 6});
}

TEST_CASE("conv_transpose2d f16") {
  // 0x3C00 = 1, 0x4000 = 2, 0x4200 = 3, 0x4600 = 6; x [1 2], w 3: stride 2 leaves a gap.
  Nn m;
  mlir::Type f16 = m.b.getF16Type();
  const Transposed t = full({.h = 1, .w = 2, .sw = 2});
  auto op = transposedConv(m, t, m.input(m.tensor({1, 1, 2, 1}, f16), std::vector<uint16_t>{0x3C00, 0x4000}),
                           m.constant(m.tensor({1, 1, 1, 1}, f16), std::vector<uint16_t>{0x4200}), {});
  checkEqual(m.run<uint16_t>(op), std::vector<int>{0x4200, 0, 0x4600});
}

TEST_CASE("interpolate along every axis") {
  Random random(62);
  const Shape shape = {2, 3, 4, 5};
  for (int64_t axis = 0; axis < 4; ++axis) {
    INFO("axis " << axis);
    Nn m;
    const int64_t n = 7, taps = 3, extent = shape[static_cast<size_t>(axis)];
    auto x = random.reals(count(shape)), weight = random.reals(n * taps);
    auto index = random.integers<int32_t>(n * taps, 0, extent - 1);
    Shape yShape = shape;
    yShape[static_cast<size_t>(axis)] = n;
    int64_t inner = 1;
    for (size_t a = static_cast<size_t>(axis) + 1; a < 4; ++a)
      inner *= shape[a];
    std::vector<double> y(static_cast<size_t>(count(yShape)), 0);
    for (int64_t o = 0; o < count(shape) / extent / inner; ++o)
      for (int64_t i = 0; i < n; ++i)
        for (int64_t r = 0; r < inner; ++r)
          for (int64_t t = 0; t < taps; ++t)
            y[(o * n + i) * inner + r] += static_cast<double>(weight[i * taps + t]) *
                                          static_cast<double>(x[(o * extent + index[i * taps + t]) * inner + r]);
    auto op = interpolate(m, m.input(m.tensor(shape, m.f32()), x), index, weight, n, axis);
    CHECK(op.getType() == m.tensor(yShape, m.f32()));
    CHECK(op.macs() == count(yShape) * taps);
    checkClose(m.run<float>(op), y);
  }
}

TEST_CASE("interpolate f64 and f16") {
  Nn m;
  mlir::Type f64 = m.b.getF64Type(), f16 = m.b.getF16Type();
  const std::vector<int32_t> index = {0, 0, 0, 1, 1, 1};
  const std::vector<float> weight = {1, 0, 0.5, 0.5, 0, 1};
  checkClose(m.run<double>(interpolate(m, m.input(m.tensor({2}, f64), std::vector<double>{1, 4}), index, weight, 3, 0)),
             {1, 2.5, 4});
  // 0x3C00 = 1, 0x4400 = 4, 0x4100 = 2.5
  checkEqual(m.run<uint16_t>(interpolate(m, m.input(m.tensor({2}, f16), std::vector<uint16_t>{0x3C00, 0x4400}), index,
                                         weight, 3, 0)),
             std::vector<int>{0x3C00, 0x4100, 0x4400});
}
