// Scales that are fit to be stored, and rounding that vectorises.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace burin::quantization {

/// `scale` > 0 as a positive normal float, at least as large if it must be a power of two. 0 gives 1: what has no
/// extent may have any scale.
inline float storedScale(double scale, bool powerOfTwo) {
  if (!(scale > 0))
    return 1;
  if (powerOfTwo) {
    int exponent = 0;
    const double fraction = std::frexp(scale, &exponent); // in [1/2, 1)
    scale = std::ldexp(1.0, std::clamp(fraction == 0.5 ? exponent - 1 : exponent, -126, 127));
  }
  using Limits = std::numeric_limits<float>;
  return static_cast<float>(std::clamp<double>(scale, Limits::min(), Limits::max()));
}

/// `x` within [least, greatest], rounded to nearest, ties to even; |least|, |greatest| < 2^21. NaN gives `least`.
inline float roundedWithin(float x, float least, float greatest) {
  constexpr float integersBegin = 12582912; // 1.5 * 2^23: floats of this size are integers
  const float atLeast = x > least ? x : least;
  const float clamped = atLeast < greatest ? atLeast : greatest;
  return (clamped + integersBegin) - integersBegin;
}

} // namespace burin::quantization
