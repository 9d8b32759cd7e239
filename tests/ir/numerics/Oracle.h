// What the numbers must be, written from docs/numerics.md with integers only; shares nothing with ir/numerics.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>

namespace oracle {

using Wide = __int128;

/// A non-negative finite float is mantissa * 2^exponent.
struct Decoded {
  int64_t mantissa;
  int exponent;
};

inline Decoded decode(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const int field = static_cast<int>(bits >> 23);
  const int64_t fraction = bits & 0x7FFFFF;
  return field == 0 ? Decoded{fraction, -149} : Decoded{fraction | 0x800000, field - 150};
}

/// num / den to nearest, ties to even.
inline Wide roundedQuotient(Wide num, Wide den) {
  const bool negative = num < 0;
  const Wide magnitude = negative ? -num : num;
  Wide quotient = magnitude / den;
  const Wide twice = 2 * (magnitude - quotient * den);
  if (twice > den || (twice == den && (quotient & 1)))
    ++quotient;
  return negative ? -quotient : quotient;
}

/// value * 2^exponent rounded to float32, kept as an integer pair. No overflow to infinity.
inline void roundToFloat(Wide &value, int &exponent) {
  int drop = 0;
  while ((value >> drop) >> 24 != 0 || exponent + drop < -149)
    ++drop;
  if (drop > 100)
    value = 0;
  else
    value = roundedQuotient(value, Wide{1} << drop);
  exponent += drop;
}

inline int32_t clamped(Wide q, int32_t lo, int32_t hi) { return q < lo ? lo : q > hi ? hi : static_cast<int32_t>(q); }

/// clamp(rne(f32(f32(acc) * scale)) + zero, lo, hi).
inline int32_t requantize(int64_t acc, float scale, int32_t zero, int32_t lo, int32_t hi) {
  Wide value = acc < 0 ? -acc : acc;
  int exponent = 0;
  roundToFloat(value, exponent);
  const Decoded s = decode(scale);
  value *= s.mantissa;
  exponent += s.exponent;
  roundToFloat(value, exponent);
  if (value != 0 && exponent > 60)
    return acc < 0 ? lo : hi;
  if (exponent > 0)
    value <<= exponent;
  else
    value = exponent < -100 ? 0 : roundedQuotient(value, Wide{1} << -exponent);
  return clamped((acc < 0 ? -value : value) + zero, lo, hi);
}

/// The proven form of a kernel: round(acc * mult / 2^shift) + zero, clamped.
inline int32_t byMultiplier(int64_t acc, int64_t mult, unsigned shift, int32_t zero, int32_t lo, int32_t hi) {
  return clamped(roundedQuotient(Wide{acc} * mult, Wide{1} << shift) + zero, lo, hi);
}

/// A float whose logarithm is uniform in [2^from, 2^to).
inline float randomScale(std::mt19937_64 &random, int from, int to) {
  const int exponent = std::uniform_int_distribution<int>(from, to - 1)(random);
  const auto fraction = static_cast<uint32_t>(random() & 0x7FFFFF);
  const uint32_t bits = static_cast<uint32_t>(exponent + 127) << 23 | fraction;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline int64_t randomInt(std::mt19937_64 &random, int64_t from, int64_t to) {
  return std::uniform_int_distribution<int64_t>(from, to)(random);
}

} // namespace oracle
