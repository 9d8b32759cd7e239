// nn.pool2d: every mix of padding, stride, dilation and ceil_mode against naive windows.
#include "ir/nn/ops/Pool2d.h"
#include "tests/ir/nn/conv_support.h"

#include <cmath>
#include <limits>

using namespace burin;
using namespace burin::test;
using nn::PoolKind;

namespace {

/// Window::out is unused; `oh`, `ow` are explicit because ceil_mode adds windows.
struct Pool {
  Window c;
  int64_t oh, ow;
  bool includePad = false;
};

/// ONNX's output size: floor or ceil, without windows that begin behind input and left pad.
int64_t outputSize(int64_t in, int64_t begin, int64_t end, int64_t kernel, int64_t stride, int64_t dilation,
                   bool ceil) {
  const int64_t room = in + begin + end - dilation * (kernel - 1) - 1;
  int64_t out = room / stride + 1;
  if (ceil && room % stride != 0 && out * stride < in + begin)
    ++out;
  return out;
}

std::vector<Pool> pools(bool average) {
  std::vector<Pool> all;
  for (int64_t top : {0, 1, 2})
    for (int64_t bottom : {0, 2})
      for (int64_t stride : {1, 2, 3})
        for (int64_t dilation : {1, 2})
          for (bool ceil : {false, true})
            for (bool includePad : {false, true}) {
              if (includePad && !average)
                continue;
              Window c{.n = 2,
                       .h = 6,
                       .w = 7,
                       .in = 3,
                       .kh = 3,
                       .kw = 3,
                       .sh = stride,
                       .sw = 2,
                       .top = top,
                       .left = bottom,
                       .bottom = bottom,
                       .right = top,
                       .dh = dilation,
                       .dw = 1};
              all.push_back({c, outputSize(c.h, c.top, c.bottom, c.kh, c.sh, c.dh, ceil),
                             outputSize(c.w, c.left, c.right, c.kw, c.sw, c.dw, ceil), includePad});
            }
  all.push_back({{.n = 2, .h = 5, .w = 4, .in = 3, .kh = 5, .kw = 4}, 1, 1});             // global
  all.push_back({{.n = 2, .h = 5, .w = 4, .in = 3, .kh = 5, .kw = 4}, 1, 1, average});    // global
  all.push_back({{.n = 2, .h = 1, .w = 9, .in = 3, .kw = 2, .sw = 2, .right = 1}, 1, 5}); // 1-D
  all.push_back(
      {{.h = 2, .w = 2, .in = 1, .kh = 3, .kw = 3, .top = 2, .left = 2, .bottom = 2, .right = 2}, 4, 4, average});
  return all;
}

/// f(elements of one window, how many positions count) for every output, in the order [n][oh][ow][channel].
template <typename Out, typename T, typename F>
std::vector<Out> naive(const Pool &p, const std::vector<T> &x, const F &f) {
  const Window &c = p.c;
  std::vector<Out> y;
  for (int64_t n = 0; n < c.n; ++n)
    for (int64_t i = 0; i < p.oh; ++i)
      for (int64_t j = 0; j < p.ow; ++j)
        for (int64_t d = 0; d < c.in; ++d) {
          std::vector<T> elements;
          int64_t counted = 0;
          for (int64_t k = 0; k < c.kh; ++k)
            for (int64_t l = 0; l < c.kw; ++l) {
              const int64_t r = i * c.sh - c.top + k * c.dh, s = j * c.sw - c.left + l * c.dw;
              const bool inside = r >= 0 && r < c.h && s >= 0 && s < c.w;
              if (inside)
                elements.push_back(x[((n * c.h + r) * c.w + s) * c.in + d]);
              counted +=
                  inside || (p.includePad && r >= -c.top && r < c.h + c.bottom && s >= -c.left && s < c.w + c.right);
            }
          y.push_back(f(elements, counted));
        }
  return y;
}

nn::Pool2dOp pool(Nn &m, PoolKind kind, const Pool &p, mlir::Type y, mlir::Value x, int64_t power = 2) {
  return nn::Pool2dOp::create(m.b, m.loc, m.tensor({p.c.n, p.oh, p.ow, p.c.in}, y), kind, x, Shape{p.c.kh, p.c.kw},
                              p.c.strides(), p.c.pads(), p.c.dilations(), Shape{p.oh, p.ow}, p.includePad,
                              static_cast<uint64_t>(power), /*global=*/false);
}

template <typename T> void checkReals(mlir::Type (*element)(Nn &), const std::vector<PoolKind> &kinds) {
  for (PoolKind kind : kinds)
    for (const Pool &p : pools(kind == PoolKind::avg_pool)) {
      INFO(p.c.text() << " oh " << p.oh << " ow " << p.ow << " include " << p.includePad);
      Nn m;
      Random random(51);
      auto x = random.reals<T>(count(p.c.x()));
      auto y = naive<double>(p, x, [&](const std::vector<T> &v, int64_t counted) {
        double result = kind == PoolKind::max_pool ? -std::numeric_limits<double>::infinity() : 0;
        for (T e : v)
          result = kind == PoolKind::max_pool   ? std::max<double>(result, e)
                   : kind == PoolKind::avg_pool ? result + static_cast<double>(e)
                                                : result + std::pow(std::fabs(static_cast<double>(e)), 3);
        return kind == PoolKind::avg_pool  ? result / static_cast<double>(counted)
               : kind == PoolKind::lp_pool ? std::cbrt(result)
                                           : result;
      });
      checkClose(m.run<T>(pool(m, kind, p, element(m), m.input(m.tensor(p.c.x(), element(m)), x), 3)), y);
    }
}

/// num / den to the nearest integer, ties to even; den > 0.
int64_t roundHalfEven(__int128 num, __int128 den) {
  __int128 q = num / den - (num % den < 0);
  const __int128 rest2 = 2 * (num - q * den);
  if (rest2 > den || (rest2 == den && q % 2 != 0))
    ++q;
  return static_cast<int64_t>(q);
}

/// Scales are `sx` and `sy` thirty-seconds.
template <typename T>
void checkAverage(bool xSigned, bool ySigned, int64_t sx, int64_t xZero, int64_t sy, int64_t yZero) {
  for (const Pool &p : pools(true)) {
    INFO(p.c.text() << " oh " << p.oh << " ow " << p.ow << " include " << p.includePad << " sx " << sx << " sy " << sy);
    Nn m;
    Random random(52);
    const int64_t lo = ySigned ? -128 : 0, hi = ySigned ? 127 : 255;
    auto x = random.integers<uint8_t>(count(p.c.x()), 0, 255);
    auto y = naive<int64_t>(p, x, [&](const std::vector<uint8_t> &v, int64_t counted) {
      int64_t sum = 0;
      for (uint8_t e : v)
        sum += (xSigned ? static_cast<int8_t>(e) : e) - xZero;
      return std::min(hi, std::max(lo, roundHalfEven(sum * sx, counted * sy) + yZero));
    });
    checkEqual(m.run<T>(pool(m, PoolKind::avg_pool, p, m.quant(ySigned, static_cast<double>(sy) / 32, yZero),
                             m.input(m.tensor(p.c.x(), m.quant(xSigned, static_cast<double>(sx) / 32, xZero)), x))),
               y);
  }
}

} // namespace

TEST_CASE("max, average and lp pools on f32") {
  checkReals<float>([](Nn &m) { return m.f32(); }, {PoolKind::max_pool, PoolKind::avg_pool, PoolKind::lp_pool});
}

TEST_CASE("max and average pools on f64") {
  checkReals<double>([](Nn &m) -> mlir::Type { return m.b.getF64Type(); }, {PoolKind::max_pool, PoolKind::avg_pool});
}

TEST_CASE("max pool on quantised bytes and plain bytes") {
  for (const Pool &p : pools(false)) {
    INFO(p.c.text());
    Nn m;
    Random random(53);
    auto s = random.integers<int8_t>(count(p.c.x()), -128, 127);
    auto u = random.integers<uint8_t>(count(p.c.x()), 0, 255);
    auto largest = [](const auto &v, int64_t) { return int64_t{*std::max_element(v.begin(), v.end())}; };
    mlir::Type qs = m.quant(true, 0.1, -5), qu = m.quant(false, 0.1, 100), i8 = m.b.getI8Type();
    checkEqual(m.run<int8_t>(pool(m, PoolKind::max_pool, p, qs, m.input(m.tensor(p.c.x(), qs), s))),
               naive<int64_t>(p, s, largest));
    checkEqual(m.run<uint8_t>(pool(m, PoolKind::max_pool, p, qu, m.input(m.tensor(p.c.x(), qu), u))),
               naive<int64_t>(p, u, largest));
    checkEqual(m.run<int8_t>(pool(m, PoolKind::max_pool, p, i8, m.input(m.tensor(p.c.x(), i8), s))),
               naive<int64_t>(p, s, largest));
  }
}

// The scales are powers of two: float sums are exact, and a tie stays one.
TEST_CASE("quantised average pool rounds the exact quotient half to even") {
  checkAverage<int8_t>(true, true, 1, 0, 1, 0); // equal scales: ties are common
  checkAverage<int8_t>(true, true, 1, -128, 1, -128);
  checkAverage<uint8_t>(false, false, 3, 128, 7, 30);
  checkAverage<int8_t>(false, true, 5, 255, 2, -9); // saturates
  checkAverage<uint8_t>(true, false, 1, 17, 1, 140);
}

TEST_CASE("average pool f16 sums in f32") {
  // 2048, 1, 1, 2: a sum in f16 would lose both 1s. 2052 / 4 = 513.
  Nn m;
  mlir::Type f16 = m.b.getF16Type();
  const Pool p{{.h = 2, .w = 2, .kh = 2, .kw = 2}, 1, 1};
  auto op = pool(m, PoolKind::avg_pool, p, f16,
                 m.input(m.tensor(p.c.x(), f16), std::vector<uint16_t>{0x6800, 0x3C00, 0x3C00, 0x4000}));
  checkEqual(m.run<uint16_t>(op), std::vector<int>{0x6002});
}

TEST_CASE("quantised average pool of scales that no 64-bit fraction holds is refused") {
  Nn m;
  const Pool p{{.h = 2, .w = 2, .kh = 2, .kw = 2}, 1, 1};
  auto op = pool(m, PoolKind::avg_pool, p, m.quant(true, 1e30, 0),
                 m.input(m.tensor(p.c.x(), m.quant(true, 1e-30, 0)), std::vector<int8_t>{1, 2, 3, 4}));
  CHECK(m.refusesToLower(op));
  CHECK_THAT(m.messages(), Catch::Contains("BRN1401"));
}
