// Integer convolutions against the naive twin, with zero points, saturating inputs and both forms of multipliers.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/IntegerLayer.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 120;

template <typename X, typename Y> void checkConv(uint32_t salt) {
  IntegerLayer<X> l(salt, false);
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
  IntegerLayer<X> l(salt, true);
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
