// Integer convolutions against the naive twin, with zero points, saturating inputs and both forms of multipliers.
#include "tests/reference/Convolution.h"
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Rows.h"

#include <bit>

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 120;

/// A random layer with activations X and everything that requantises its sums.
template <typename X> struct Layer {
  Random random;
  int64_t groups, inC, outC; // channels per group
  Image<X> x;
  Window window;
  Weights<int8_t> w;
  int32_t xZero;
  std::vector<int32_t> wZero, bias, mult;
  std::vector<uint8_t> shift;
  std::vector<float> scale; // what mult and shift stand for

  Layer(uint32_t salt, bool depthwise)
      : random(salt), groups(depthwise ? random.integer(1, 11) : random.integer(1, 3)),
        inC(depthwise ? 1 : random.integer(1, 20)), outC(depthwise ? 1 : random.integer(1, 6)),
        x(random.integer(1, 7), random.integer(1, 12), groups * inC), window(randomWindow(random, x.height, x.width)),
        w(groups * outC, window.kernelH, window.kernelW, inC) {
    x.data = random.integers<X>(x.data.size());
    w.data = random.integers<int8_t>(w.data.size());
    if (random.chance(0.2)) { // as far as sums can go
      std::fill(x.data.begin(), x.data.end(), std::numeric_limits<X>::max());
      std::fill(w.data.begin(), w.data.end(), int8_t{-128});
    }
    xZero = random.chance(0.3) ? 0 : random.value<X>(std::numeric_limits<X>::min(), std::numeric_limits<X>::max());
    if (random.chance(0.4))
      wZero = random.values<int32_t>(w.out, -128, 127);
    if (random.chance(0.8))
      bias = random.values<int32_t>(w.out, -100000, 100000);
    for (int64_t o = 0; o < w.out; ++o) {
      if (random.chance(0.5)) { // a float scale
        scale.push_back(static_cast<float>(std::exp2(random.real(-22, -4))));
        mult.push_back(std::bit_cast<int32_t>(scale.back()));
        shift.push_back(255);
      } else {
        mult.push_back(random.value<int32_t>(1 << 20, (1 << 30)));
        shift.push_back(static_cast<uint8_t>(random.integer(34, 50)));
        scale.push_back(0);
      }
    }
  }
  std::string describe() const {
    std::ostringstream out;
    out << random.seed() << " groups " << groups << " in " << x.height << "x" << x.width << "x" << inC << " out "
        << outC << " kernel " << window.kernelH << "x" << window.kernelW << " stride " << window.strideH << "x"
        << window.strideW << " dilation " << window.dilationH << "x" << window.dilationW << " pads " << window.padTop
        << " " << window.padLeft << " " << window.padBottom << " " << window.padRight << " zero " << xZero
        << (wZero.empty() ? "" : " weight zeros");
    return out.str();
  }
  Image<int64_t> sums() const {
    Image<int64_t> image(x.height, x.width, x.channels);
    image.data = converted<int64_t>(x.data);
    Weights<int64_t> weights(w.out, w.kernelH, w.kernelW, w.in);
    weights.data = converted<int64_t>(w.data);
    return convolution<int64_t>(image, weights, window, groups, xZero, converted<int64_t>(wZero),
                                converted<int64_t>(bias));
  }
  /// The sums rescaled channel by channel: exactly by integers, or by float arithmetic.
  std::vector<int64_t> requantized(const Image<int64_t> &acc, int64_t zero, int64_t lo, int64_t hi) const {
    std::vector<int64_t> out;
    for (std::size_t i = 0; i < acc.data.size(); ++i) {
      const std::size_t o = i % w.out;
      if (shift[o] == 255) {
        out.push_back(requantizedByFloat(static_cast<int32_t>(acc.data[i]), scale[o], zero, lo, hi));
        continue;
      }
      const __int128 q =
          roundedQuotient(static_cast<__int128>(acc.data[i]) * mult[o], static_cast<__int128>(1) << shift[o]);
      out.push_back(static_cast<int64_t>(std::clamp<__int128>(q + zero, lo, hi)));
    }
    return out;
  }
  template <typename T> static const T *part(const std::vector<T> &values, int64_t first) {
    return values.empty() ? nullptr : values.data() + first;
  }
};

template <typename X, typename Y> void checkConv(uint32_t salt) {
  Layer<X> l(salt, false);
  INFO(l.describe());
  const Image<int64_t> acc = l.sums();
  const int32_t zero = l.random.template value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
  const int32_t lo =
      l.random.chance(0.5) ? std::max<int32_t>(zero, std::numeric_limits<Y>::min()) : std::numeric_limits<Y>::min();
  const int32_t hi = std::numeric_limits<Y>::max();
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  const std::string from = std::string("brn_conv_row_") + TypeName<X>::suffix + "_";
  for (int64_t row = 0; row < acc.height; ++row)
    for (int64_t g = 0; g < l.groups; ++g) {
      const auto rows = rowsOf(l.x.data, l.x, l.window, row, g * l.inC);
      const int64_t first = g * l.outC, at = row * acc.width * acc.channels + first;
      const int8_t *weights = l.w.data.data() + first * l.w.kernelH * l.w.kernelW * l.inC;
      call(from + TypeName<Y>::suffix, rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights, l.part(l.wZero, first),
           l.part(l.bias, first), l.mult.data() + first, l.shift.data() + first, zero, lo, hi, y.data() + at, acc.width,
           l.outC, acc.channels);
      call(from + "s32", rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights, l.part(l.wZero, first),
           l.part(l.bias, first), raw.data() + at, acc.width, l.outC, acc.channels);
    }
  REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, zero, lo, hi)) == "");
}

template <typename X, typename Y> void checkDepthwise(uint32_t salt) {
  Layer<X> l(salt, true);
  INFO(l.describe());
  const Image<int64_t> acc = l.sums();
  const int64_t taps = l.window.kernelH * l.window.kernelW;
  std::vector<int8_t> byTap(l.w.data.size()); // [kh][kw][c]
  for (int64_t c = 0; c < l.groups; ++c)
    for (int64_t t = 0; t < taps; ++t)
      byTap[t * l.groups + c] = l.w.data[c * taps + t];
  const int32_t zero = l.random.template value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
  const int32_t lo = std::numeric_limits<Y>::min(), hi = std::numeric_limits<Y>::max() - 3;
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  const std::string from = std::string("brn_depthwise_row_") + TypeName<X>::suffix + "_";
  for (int64_t row = 0; row < acc.height; ++row) {
    const auto rows = rowsOf(l.x.data, l.x, l.window, row);
    const int64_t at = row * acc.width * acc.channels;
    call(from + TypeName<Y>::suffix, rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels, l.window.kernelW,
         l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, byTap.data(), l.part(l.wZero, 0),
         l.part(l.bias, 0), l.mult.data(), l.shift.data(), zero, lo, hi, y.data() + at, acc.width, acc.channels);
    call(from + "s32", rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels, l.window.kernelW,
         l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, byTap.data(), l.part(l.wZero, 0),
         l.part(l.bias, 0), raw.data() + at, acc.width, acc.channels);
  }
  REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, zero, lo, hi)) == "");
}

} // namespace

TEST_CASE("integer convolution rows", "[conv]") {
  for (uint32_t round = 0; round < rounds; ++round) {
    checkConv<int8_t, int8_t>(round);
    checkConv<int8_t, uint8_t>(1000 + round);
    checkConv<uint8_t, int8_t>(2000 + round);
    checkConv<uint8_t, uint8_t>(3000 + round);
  }
}

TEST_CASE("integer depthwise convolution rows", "[conv]") {
  for (uint32_t round = 0; round < rounds; ++round) {
    checkDepthwise<int8_t, int8_t>(4000 + round);
    checkDepthwise<int8_t, uint8_t>(5000 + round);
    checkDepthwise<uint8_t, int8_t>(6000 + round);
    checkDepthwise<uint8_t, uint8_t>(7000 + round);
  }
}

TEST_CASE("only the final sum has to fit 32 bits", "[conv]") {
  // 2^18 products of 255 * -128 pass -2^31; the bias brings the sum back.
  const int64_t depth = 1 << 18;
  const std::vector<uint8_t> x(depth, 255);
  const std::vector<int8_t> w(depth, -128);
  const int64_t exact = depth * 255 * -128;
  const int32_t bias[] = {static_cast<int32_t>(static_cast<uint32_t>(7 - exact))};
  const uint8_t *rows[] = {x.data()};
  int32_t y = 0;
  call("brn_conv_row_u8_s32", static_cast<const uint8_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0, w.data(),
       nullptr, bias, &y, 1, 1, 1);
  CHECK(y == 7);
}
