// A random integer convolution: its operands, and what the naive twin makes of them.
#ifndef BURIN_TESTS_RUNTIME_MIN_INTEGERLAYER_H
#define BURIN_TESTS_RUNTIME_MIN_INTEGERLAYER_H

#include "tests/reference/Convolution.h"
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Rows.h"

#include <bit>

namespace burin::test {

using reference::Image;
using reference::Weights;
using reference::Window;

/// A random layer with activations X and everything that requantises its sums, which are of type S.
template <typename X, typename S = int32_t> struct IntegerLayer {
  Random random;
  int64_t groups, inC, outC; // channels per group
  Image<X> x;
  Window window;
  Weights<int8_t> w;
  int32_t xZero;
  std::vector<int32_t> wZero, mult;
  std::vector<S> bias;
  std::vector<uint8_t> shift;
  std::vector<float> scale; // what mult and shift stand for

  /// Weights (and their zero points) from wMin to wMax. `floatScales`: some channels have a float's bits as multiplier.
  IntegerLayer(uint32_t salt, bool depthwise, int32_t wMin = -128, int32_t wMax = 127, bool floatScales = true)
      : random(salt), groups(depthwise ? random.integer(1, 11) : random.integer(1, 3)),
        inC(depthwise ? 1 : random.integer(1, 20)), outC(depthwise ? 1 : random.integer(1, 6)),
        x(random.integer(1, 7), random.integer(1, 12), groups * inC), window(randomWindow(random, x.height, x.width)),
        w(groups * outC, window.kernelH, window.kernelW, inC) {
    x.data = random.integers<X>(x.data.size());
    w.data = random.values<int8_t>(w.data.size(), wMin, wMax);
    if (random.chance(0.2)) { // as far as sums can go
      std::fill(x.data.begin(), x.data.end(), std::numeric_limits<X>::max());
      std::fill(w.data.begin(), w.data.end(), static_cast<int8_t>(wMin));
    }
    xZero = random.chance(0.3) ? 0 : random.value<X>(std::numeric_limits<X>::min(), std::numeric_limits<X>::max());
    if (random.chance(0.4))
      wZero = random.values<int32_t>(w.out, wMin, wMax);
    if (random.chance(0.8))
      bias = random.values<S>(w.out, sizeof(S) == 8 ? -1e12 : -1e5, sizeof(S) == 8 ? 1e12 : 1e5);
    for (int64_t o = 0; o < w.out; ++o) {
      if (floatScales && random.chance(0.5)) {
        scale.push_back(static_cast<float>(std::exp2(random.real(-22, -4))));
        mult.push_back(std::bit_cast<int32_t>(scale.back()));
        shift.push_back(255);
      } else {
        mult.push_back(random.value<int32_t>(1 << 20, (1 << 30)));
        shift.push_back(static_cast<uint8_t>(random.integer(34, sizeof(X) + sizeof(S) > 5 ? 60 : 50)));
        if (!floatScales && random.chance(0.1)) { // saturating
          mult.back() = 1 << 30;
          shift.back() = random.value<uint8_t>(1, 33);
        }
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
  /// The same modulo the size of S, as the kernels take them.
  Image<int64_t> storedSums() const {
    Image<int64_t> image = sums();
    for (int64_t &v : image.data)
      v = static_cast<S>(v);
    return image;
  }
  /// The sums rescaled channel by channel: exactly by integers, or by float arithmetic.
  std::vector<int64_t> requantized(const Image<int64_t> &acc, int64_t zero, int64_t lo, int64_t hi) const {
    std::vector<int64_t> out;
    for (std::size_t i = 0; i < acc.data.size(); ++i) {
      const std::size_t o = i % w.out;
      if (shift[o] == 255) {
        out.push_back(reference::requantizedByFloat(static_cast<int32_t>(acc.data[i]), scale[o], zero, lo, hi));
        continue;
      }
      const __int128 q = reference::roundedQuotient(static_cast<__int128>(acc.data[i]) * mult[o],
                                                    static_cast<__int128>(1) << shift[o]);
      out.push_back(static_cast<int64_t>(std::clamp<__int128>(q + zero, lo, hi)));
    }
    return out;
  }
  template <typename T> static const T *part(const std::vector<T> &values, int64_t first) {
    return values.empty() ? nullptr : values.data() + first;
  }
};

} // namespace burin::test

#endif
