// Convolutions with packed weights of 2 and 4 bits against the naive twin on the weights themselves.
#include "tests/reference/Packing.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/IntegerLayer.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 120;

/// T holds four weights of sizeof(T) * 2 bits.
template <typename T> constexpr int bits = sizeof(T) * 2;

template <typename X, typename T> std::string kernel(const std::string &stem, const std::string &result) {
  return "brn_" + stem + "_row_" + TypeName<X>::suffix + "_w" + std::to_string(bits<T>) + "_" + result;
}

template <typename X, typename T> IntegerLayer<X> narrowLayer(uint32_t salt, bool depthwise) {
  return IntegerLayer<X>(salt, depthwise, -(1 << (bits<T> - 1)), (1 << (bits<T> - 1)) - 1);
}

template <typename X, typename Y, typename T> void checkConv(uint32_t salt) {
  IntegerLayer<X> l = narrowLayer<X, T>(salt, false);
  INFO(l.describe() << " bits " << bits<T>);
  const Image<int64_t> acc = l.sums();
  const int32_t zero = l.random.template value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
  const int32_t lo = std::numeric_limits<Y>::min() + 2, hi = std::numeric_limits<Y>::max();
  const int64_t depth = l.w.kernelH * l.w.kernelW * l.inC;
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  for (int64_t row = 0; row < acc.height; ++row)
    for (int64_t g = 0; g < l.groups; ++g) {
      const auto rows = rowsOf(l.x.data, l.x, l.window, row, g * l.inC);
      const int64_t first = g * l.outC, at = row * acc.width * acc.channels + first;
      const auto begin = l.w.data.begin() + first * depth;
      const std::vector<T> weights = packed<T>({begin, begin + l.outC * depth}, l.outC, depth, bits<T>);
      call(kernel<X, T>("conv", TypeName<Y>::suffix), rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels,
           l.window.kernelW, l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights.data(),
           l.part(l.wZero, first), l.part(l.bias, first), l.mult.data() + first, l.shift.data() + first, zero, lo, hi,
           y.data() + at, acc.width, l.outC, acc.channels);
      call(kernel<X, T>("conv", "s32"), rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights.data(), l.part(l.wZero, first),
           l.part(l.bias, first), raw.data() + at, acc.width, l.outC, acc.channels);
    }
  REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, zero, lo, hi)) == "");
}

template <typename X, typename Y, typename T> void checkDepthwise(uint32_t salt) {
  IntegerLayer<X> l = narrowLayer<X, T>(salt, true);
  INFO(l.describe() << " bits " << bits<T>);
  const Image<int64_t> acc = l.sums();
  const std::vector<T> weights = packed<T>(l.w.data, l.groups, l.window.kernelH * l.window.kernelW, bits<T>);
  const int32_t zero = l.random.template value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
  const int32_t lo = std::numeric_limits<Y>::min(), hi = std::numeric_limits<Y>::max() - 3;
  std::vector<Y> y(acc.data.size());
  std::vector<int32_t> raw(acc.data.size());
  for (int64_t row = 0; row < acc.height; ++row) {
    const auto rows = rowsOf(l.x.data, l.x, l.window, row);
    const int64_t at = row * acc.width * acc.channels;
    call(kernel<X, T>("depthwise", TypeName<Y>::suffix), rows.data(), l.window.kernelH, l.x.width, l.groups,
         l.x.channels, l.window.kernelW, l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero,
         weights.data(), l.part(l.wZero, 0), l.part(l.bias, 0), l.mult.data(), l.shift.data(), zero, lo, hi,
         y.data() + at, acc.width, acc.channels);
    call(kernel<X, T>("depthwise", "s32"), rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels,
         l.window.kernelW, l.window.strideW, l.window.padLeft, l.window.dilationW, l.xZero, weights.data(),
         l.part(l.wZero, 0), l.part(l.bias, 0), raw.data() + at, acc.width, acc.channels);
  }
  REQUIRE(difference(raw, acc.data) == "");
  REQUIRE(difference(y, l.requantized(acc, zero, lo, hi)) == "");
}

/// Whether windows lie in the rows as they are.
template <typename X> bool isInPlace(const IntegerLayer<X> &l, const Image<int64_t> &result) {
  const auto &w = l.window;
  return w.kernelH == 1 && w.kernelW == 1 && w.padTop == 0 && w.padLeft == 0 &&
         (result.height - 1) * w.strideH < l.x.height && (result.width - 1) * w.strideW < l.x.width;
}

/// Float activations: small integers and scales that are powers of two, so that sums are exact. One scale, or one a
/// channel. `tile`: pixels of the kernels that compute so many at a time; 0: those of any rows.
template <typename T> void checkFloat(uint32_t salt, bool depthwise, int64_t tile = 0) {
  IntegerLayer<int8_t> l = narrowLayer<int8_t, T>(salt, depthwise);
  INFO(l.describe() << " bits " << bits<T> << (depthwise ? " depthwise" : "") << " tile " << tile);
  l.xZero = 0;
  l.bias.clear();
  const Image<int64_t> acc = l.sums();
  if (tile > 0 && (tile - 1) * ((acc.width + tile - 1) / tile) > acc.width)
    return; // such rows aren't made of tiles of this size and one less
  const bool oneScale = salt % 2 == 0;
  const std::vector<float> x = converted<float>(l.x.data), bias = l.random.values<float>(l.w.out, -4, 4);
  std::vector<float> scale, y(acc.data.size());
  for (int64_t o = 0; o < l.w.out; ++o)
    scale.push_back(oneScale ? 0.5f : std::exp2(static_cast<float>(l.random.integer(-6, 1))));
  const Image<float> image(l.x.height, l.x.width, l.x.channels);
  const std::string stem = depthwise ? "depthwise_row" : tile > 0 ? "conv_tiles" + std::to_string(tile) : "conv_row";
  const std::string name = "brn_" + stem + "_f32_w" + std::to_string(bits<T>);
  const int64_t taps = l.w.kernelH * l.w.kernelW, depth = taps * l.inC;
  for (int64_t row = 0; row < acc.height; ++row)
    for (int64_t g = 0; g < (depthwise ? 1 : l.groups); ++g) {
      const auto rows = rowsOf(x, image, l.window, row, g * l.inC);
      const int64_t first = g * l.outC, at = row * acc.width * acc.channels + first;
      if (depthwise) {
        const std::vector<T> weights = packed<T>(l.w.data, l.groups, taps, bits<T>);
        call(name, rows.data(), l.window.kernelH, l.x.width, l.groups, l.x.channels, l.window.kernelW, l.window.strideW,
             l.window.padLeft, l.window.dilationW, weights.data(), l.part(l.wZero, 0),
             static_cast<const float *>(scale.data()), oneScale ? 0 : 1, bias.data(), y.data() + at, acc.width,
             acc.channels, -300.0f, 1e9f);
        continue;
      }
      const auto begin = l.w.data.begin() + first * depth;
      const std::vector<T> weights = packed<T>({begin, begin + l.outC * depth}, l.outC, depth, bits<T>);
      if (tile > 0) {
        std::vector<float> windows(tile * depth, 1e30f);
        call(name, rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW, l.window.strideW,
             l.window.padLeft, l.window.dilationW, weights.data(), l.part(l.wZero, first),
             static_cast<const float *>(scale.data()) + first, oneScale ? 0 : 1, bias.data() + first,
             isInPlace(l, acc) ? nullptr : windows.data(), y.data() + at, acc.width, l.outC, acc.channels, -300.0f,
             1e9f);
        continue;
      }
      call(name, rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW, l.window.strideW,
           l.window.padLeft, l.window.dilationW, weights.data(), l.part(l.wZero, first),
           static_cast<const float *>(scale.data()) + first, oneScale ? 0 : 1, bias.data() + first, y.data() + at,
           acc.width, l.outC, acc.channels, -300.0f, 1e9f);
    }
  std::vector<double> expected;
  for (std::size_t i = 0; i < acc.data.size(); ++i) {
    const std::size_t o = i % l.w.out;
    expected.push_back(std::max(-300.0, static_cast<double>(acc.data[i]) * scale[o] + bias[o]));
  }
  REQUIRE(difference(y, expected, 1e-6, 1e-6) == "");
}

template <typename X, typename Y> void checkBoth(uint32_t salt) {
  for (uint32_t round = 0; round < rounds; ++round) {
    checkConv<X, Y, uint16_t>(salt + round);
    checkConv<X, Y, uint8_t>(salt + 1000 + round);
    checkDepthwise<X, Y, uint16_t>(salt + 2000 + round);
    checkDepthwise<X, Y, uint8_t>(salt + 3000 + round);
  }
}

} // namespace

TEST_CASE("convolution rows with packed weights", "[packed]") {
  checkBoth<int8_t, int8_t>(100000);
  checkBoth<int8_t, uint8_t>(200000);
  checkBoth<uint8_t, int8_t>(300000);
  checkBoth<uint8_t, uint8_t>(400000);
}

TEST_CASE("float rows with integer weights", "[packed]") {
  for (uint32_t round = 0; round < rounds; ++round)
    for (const bool depthwise : {false, true}) {
      checkFloat<uint32_t>(500000 + round, depthwise);
      checkFloat<uint16_t>(600000 + round, depthwise);
      checkFloat<uint8_t>(700000 + round, depthwise);
    }
}

TEST_CASE("float tiles with integer weights", "[packed]") {
  for (uint32_t round = 0; round < rounds; ++round)
    for (int64_t tile = 2; tile <= 5; ++tile) {
      checkFloat<uint32_t>(510000 + round, false, tile);
      checkFloat<uint16_t>(610000 + round, false, tile);
      checkFloat<uint8_t>(710000 + round, false, tile);
    }
}

TEST_CASE("packed products at the ends of their ranges", "[packed]") {
  // 1003 steps: neither a multiple of four nor of the kernel's runs; every product as large as it can be.
  const int64_t depth = 1003, outputs = 7;
  for (const int weight : {-8, 7}) {
    const std::vector<uint16_t> w =
        packed<uint16_t>(std::vector<int8_t>(outputs * depth, static_cast<int8_t>(weight)), outputs, depth, 4);
    for (const int input : {0, 255}) {
      const std::vector<uint8_t> x(depth, static_cast<uint8_t>(input));
      const uint8_t *rows[] = {x.data()};
      std::vector<int32_t> y(outputs);
      call("brn_conv_row_u8_w4_s32", static_cast<const uint8_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0,
           w.data(), nullptr, nullptr, y.data(), 1, outputs, outputs);
      CHECK(y == std::vector<int32_t>(outputs, static_cast<int32_t>(depth * input * weight)));
    }
    for (const int input : {-128, 127}) {
      const std::vector<int8_t> x(depth, static_cast<int8_t>(input));
      const int8_t *rows[] = {x.data()};
      std::vector<int32_t> y(outputs);
      call("brn_conv_row_s8_w4_s32", static_cast<const int8_t *const *>(rows), 1, 1, depth, depth, 1, 1, 0, 1, 0,
           w.data(), nullptr, nullptr, y.data(), 1, outputs, outputs);
      CHECK(y == std::vector<int32_t>(outputs, static_cast<int32_t>(depth * input * weight)));
    }
  }
}
