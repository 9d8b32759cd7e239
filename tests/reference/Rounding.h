// The roundings of quantised arithmetic, from their definitions.
#ifndef BURIN_TESTS_REFERENCE_ROUNDING_H
#define BURIN_TESTS_REFERENCE_ROUNDING_H

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace burin::reference {

/// a / b, b > 0, rounded half to even: the integer q with the smallest |a − q b|, of two the even one.
inline __int128 roundedQuotient(__int128 a, __int128 b) {
  const __int128 start = a / b;
  __int128 best = start;
  for (__int128 q = start - 1; q <= start + 1; ++q) {
    const __int128 distance = a - q * b < 0 ? q * b - a : a - q * b;
    const __int128 shortest = a - best * b < 0 ? best * b - a : a - best * b;
    if (distance < shortest || (distance == shortest && q % 2 == 0))
      best = q;
  }
  return best;
}

/// What ONNX Runtime's QLinear kernels compute: float(acc) times the float scale, rounded half to even, plus the zero
/// point, clamped. (double holds a float's product and every int32; each cast to float rounds to nearest even.)
inline int64_t requantizedByFloat(int32_t acc, float scale, int64_t zero, int64_t lo, int64_t hi) {
  const float rounded = static_cast<float>(acc);
  const float product = static_cast<float>(static_cast<double>(rounded) * static_cast<double>(scale));
  const double whole = std::nearbyint(static_cast<double>(product));
  return static_cast<int64_t>(
      std::clamp(whole + static_cast<double>(zero), static_cast<double>(lo), static_cast<double>(hi)));
}

} // namespace burin::reference

#endif
