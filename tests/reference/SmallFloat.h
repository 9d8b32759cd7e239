// Floats of 8 and 4 bits, from the tables of ONNX (docs/docsgen/source/technical/float8.md, float4.md).
#ifndef BURIN_TESTS_REFERENCE_SMALLFLOAT_H
#define BURIN_TESTS_REFERENCE_SMALLFLOAT_H

#include <cmath>
#include <cstdint>
#include <limits>

namespace burin::reference {

/// Which codes aren't numbers: those of IEEE 754, all ones of either sign, that of -0, or none.
enum class Special { Ieee, AllOnes, MinusZero, None };

struct SmallFormat {
  const char *suffix;
  int exponentBits, fractionBits, bias;
  Special special;
};

inline constexpr SmallFormat smallFormats[] = {
    {"f8e4m3fn", 4, 3, 7, Special::AllOnes}, {"f8e4m3fnuz", 4, 3, 8, Special::MinusZero},
    {"f8e5m2", 5, 2, 15, Special::Ieee},     {"f8e5m2fnuz", 5, 2, 16, Special::MinusZero},
    {"f4e2m1", 2, 1, 1, Special::None},
};

/// The value of `code`.
inline double smallValue(const SmallFormat &f, uint32_t code) {
  const uint32_t signBit = 1u << (f.exponentBits + f.fractionBits), size = code & (signBit - 1u);
  const double sign = code & signBit ? -1 : 1;
  const int exponent = static_cast<int>(size >> f.fractionBits);
  const double fraction = std::ldexp(size & ((1u << f.fractionBits) - 1u), -f.fractionBits);
  const bool top = exponent == (1 << f.exponentBits) - 1;
  if ((f.special == Special::MinusZero && code == signBit) || (f.special == Special::AllOnes && size == signBit - 1u) ||
      (f.special == Special::Ieee && top && fraction != 0))
    return std::numeric_limits<double>::quiet_NaN();
  if (f.special == Special::Ieee && top)
    return sign * std::numeric_limits<double>::infinity();
  return sign * (exponent == 0 ? std::ldexp(fraction, 1 - f.bias) : std::ldexp(1 + fraction, exponent - f.bias));
}

/// The code without sign of the largest number.
inline uint32_t largestCode(const SmallFormat &f) {
  uint32_t code = 0;
  while (code + 1u < 1u << (f.exponentBits + f.fractionBits) && std::isfinite(smallValue(f, code + 1u)))
    ++code;
  return code;
}

/// The number of the format that is nearest to |v|, the one of even code on a tie; infinity if that would be the next
/// number above the largest one, were there one. NaN stays NaN.
inline double nearestSmall(const SmallFormat &f, double v) {
  const double size = std::fabs(v);
  const uint32_t last = largestCode(f);
  const double step = smallValue(f, last) - smallValue(f, last - 1u), beyond = smallValue(f, last) + step;
  const auto value = [&](uint32_t code) { return code > last ? beyond : smallValue(f, code); };
  if (std::isnan(v))
    return v;
  if (size >= beyond)
    return std::copysign(std::numeric_limits<double>::infinity(), v);
  uint32_t best = 0;
  for (uint32_t code = 1; code <= last + 1u; ++code) {
    const double distance = std::fabs(value(code) - size), shortest = std::fabs(value(best) - size);
    if (distance < shortest || (distance == shortest && code % 2u == 0u))
      best = code;
  }
  return std::copysign(best > last ? std::numeric_limits<double>::infinity() : value(best), v);
}

} // namespace burin::reference

#endif
