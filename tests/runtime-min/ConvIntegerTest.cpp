// Integer convolutions against the naive twin, with zero points, saturating inputs, both forms of multipliers and sums
// of both sizes.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/IntegerLayer.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 120;

template <typename Y> struct Bounds {
  int32_t zero, lo, hi;
  explicit Bounds(Random &random)
      : zero(random.value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max())),
        lo(random.chance(0.5) ? std::max<int32_t>(zero, std::numeric_limits<Y>::min()) : std::numeric_limits<Y>::min()),
        hi(std::numeric_limits<Y>::max() - (random.chance(0.5) ? 3 : 0)) {
    lo = std::min(lo, hi);
  }
};

/// "brn_<stem>_[wide_]<X>_": what all kernels of activations X and sums S begin with.
template <typename X, typename S> std::string kernelPrefix(const std::string &stem) {
  return "brn_" + stem + (sizeof(S) == 8 ? "_wide_" : "_") + TypeName<X>::suffix + "_";
}

template <typename X, typename Y> constexpr bool isBytes = sizeof(X) == 1 && sizeof(Y) == 1;

template <typename X, typename Y, typename S = int32_t> void checkConv(uint32_t salt) {
  IntegerLayer<X, S> l(salt, false, -128, 127, isBytes<X, Y>);
  INFO(l.describe());
  const Image<int64_t> acc = l.storedSums();
  const Bounds<Y> bounds(l.random);
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  const std::string from = kernelPrefix<X, S>("conv_row");
  for (int64_t row = 0; row < acc.height; ++row)
    for (int64_t g = 0; g < l.groups; ++g) {
      const auto rows = rowsOf(l.x.data, l.x, l.window, row, g * l.inC);
      const int64_t first = g * l.outC, at = row * acc.width * acc.channels + first;
      const int8_t *weights = l.w.data.data() + first * l.w.kernelH * l.w.kernelW * l.inC;
      call(from + TypeName<Y>::suffix, rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights, l.part(l.wZero, first),
           l.part(l.bias, first), l.mult.data() + first, l.shift.data() + first, bounds.zero, bounds.lo, bounds.hi,
           y.data() + at, acc.width, l.outC, acc.channels);
      if constexpr (isBytes<X, Y>)
        call(from + "s32", rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
             l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights, l.part(l.wZero, first),
             l.part(l.bias, first), raw.data() + at, acc.width, l.outC, acc.channels);
    }
  if constexpr (isBytes<X, Y>)
    REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, bounds.zero, bounds.lo, bounds.hi)) == "");
}

template <typename X, typename Y, typename S = int32_t> void checkDepthwise(uint32_t salt) {
  IntegerLayer<X, S> l(salt, true, -128, 127, isBytes<X, Y>);
  INFO(l.describe());
  const Image<int64_t> acc = l.storedSums();
  const int64_t taps = l.window.kernelH * l.window.kernelW;
  std::vector<int8_t> byTap(l.w.data.size()); // [kh][kw][c]
  for (int64_t c = 0; c < l.groups; ++c)
    for (int64_t t = 0; t < taps; ++t)
      byTap[t * l.groups + c] = l.w.data[c * taps + t];
  const Bounds<Y> bounds(l.random);
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  const std::string from = kernelPrefix<X, S>("depthwise_row");
  for (int64_t row = 0; row < acc.height; ++row) {
    const auto rows = rowsOf(l.x.data, l.x, l.window, row);
    const int64_t at = row * acc.width * acc.channels;
    call(from + TypeName<Y>::suffix, rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels, l.window.kernelW,
         l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, byTap.data(), l.part(l.wZero, 0),
         l.part(l.bias, 0), l.mult.data(), l.shift.data(), bounds.zero, bounds.lo, bounds.hi, y.data() + at, acc.width,
         acc.channels);
    if constexpr (isBytes<X, Y>)
      call(from + "s32", rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, byTap.data(), l.part(l.wZero, 0),
           l.part(l.bias, 0), raw.data() + at, acc.width, acc.channels);
  }
  if constexpr (isBytes<X, Y>)
    REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, bounds.zero, bounds.lo, bounds.hi)) == "");
}

/// Both kinds of layers from X to all types of which one has 16 bits.
template <typename X, typename S> void checkWords(uint32_t salt) {
  if constexpr (sizeof(X) == 2) {
    checkConv<X, int8_t, S>(salt);
    checkConv<X, uint8_t, S>(salt + 100);
    checkDepthwise<X, int8_t, S>(salt + 200);
    checkDepthwise<X, uint8_t, S>(salt + 300);
  }
  checkConv<X, int16_t, S>(salt + 400);
  checkConv<X, uint16_t, S>(salt + 500);
  checkDepthwise<X, int16_t, S>(salt + 600);
  checkDepthwise<X, uint16_t, S>(salt + 700);
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

TEMPLATE_TEST_CASE("convolution rows with 16 bits", "[conv]", int8_t, uint8_t, int16_t, uint16_t) {
  for (uint32_t round = 0; round < rounds / 2; ++round) {
    checkWords<TestType, int32_t>(10000 + 1000 * round);
    checkWords<TestType, int64_t>(80000 + 1000 * round);
  }
}

TEST_CASE("sums of 64 bits are exact however long", "[conv]") {
  // 2^17 products of 65535 * -128, added up in parts that 32 bits hold.
  const int64_t depth = 1 << 17;
  const std::vector<uint16_t> x(depth, 65535);
  const std::vector<int8_t> w(depth, -128);
  const int64_t bias[] = {depth * 65535 * 128 + 40000};
  const int32_t mult[] = {1 << 30};
  const uint8_t shift[] = {32}; // a quarter
  const uint16_t *rows[] = {x.data()};
  uint16_t y = 0;
  call("brn_conv_row_wide_u16_u16", static_cast<const uint16_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0,
       w.data(), nullptr, bias, mult, shift, 0, 0, 65535, &y, 1, 1, 1);
  CHECK(y == 10000);
  // With the weights' own value as their zero point the products are 0.
  const int32_t zero[] = {-128};
  call("brn_conv_row_wide_u16_u16", static_cast<const uint16_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0,
       w.data(), zero, bias, mult, shift, 0, 0, 65535, &y, 1, 1, 1);
  CHECK(y == 65535);
  const int64_t small[] = {12346};
  call("brn_conv_row_wide_u16_u16", static_cast<const uint16_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0,
       w.data(), zero, small, mult, shift, 0, 0, 65535, &y, 1, 1, 1);
  CHECK(y == 3086); // 12346 / 4 is a tie, and 3086 even
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
