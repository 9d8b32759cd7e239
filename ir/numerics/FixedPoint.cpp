#include "ir/numerics/FixedPoint.h"

#include "ir/numerics/Ratio.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

using namespace burin::numerics;

namespace {

/// num / den * 2^exponent; num < 2^48, den < 2^24.
struct Quotient {
  uint64_t num, den;
  int exponent;

  /// The quotient in units of 2^-shift, rounded half to even: below 2^62.
  int64_t inUnits(int shift) const {
    const int up = exponent + shift;
    // Far below half a unit, whatever the rest is.
    if (up < -64)
      return 0;
    const Int128 numerator = up > 0 ? Int128{num} << up : Int128{num};
    return static_cast<int64_t>(roundHalfEvenDivide(numerator, up < 0 ? Int128{den} << -up : Int128{den}));
  }
  /// The largest shift at which it has at most `bits` bits once rounded.
  int shiftFor(int bits) const {
    int shift = bits - (static_cast<int>(std::bit_width(num)) - static_cast<int>(std::bit_width(den))) - exponent;
    while (inUnits(shift) >> bits != 0) // at most twice
      --shift;
    return shift;
  }
};

Quotient quotientOf(Dyadic a, Dyadic b, Dyadic c) {
  return {a.mantissa * b.mantissa, c.mantissa, a.exponent + b.exponent - c.exponent};
}

constexpr Dyadic one{1, 0};
constexpr int maxShift = 62;

} // namespace

FixedPoint burin::numerics::nearestFixedPoint(float a, float b, float c, int bits) {
  assert(isScale(a) && isScale(b) && isScale(c) && 2 <= bits && bits <= 31);
  const Quotient q = quotientOf(exactly(a), exactly(b), exactly(c));
  const int shift = std::min(q.shiftFor(bits), maxShift);
  if (shift < 1)
    return {static_cast<int32_t>((int64_t{1} << bits) - 1), 1};
  return {static_cast<int32_t>(q.inUnits(shift)), static_cast<uint8_t>(shift)};
}

FixedPointPair burin::numerics::nearestFixedPoints(float a, float b, float c) {
  assert(isScale(a) && isScale(b) && isScale(c));
  const Quotient p = quotientOf(exactly(a), one, exactly(c)), q = quotientOf(exactly(b), one, exactly(c));
  const int shift = std::clamp(std::min(p.shiftFor(31), q.shiftFor(31)), 1, maxShift);
  auto mult = [&](const Quotient &x) {
    return x.shiftFor(31) < shift ? std::numeric_limits<int32_t>::max() : static_cast<int32_t>(x.inUnits(shift));
  };
  return {mult(p), mult(q), static_cast<uint8_t>(shift)};
}
