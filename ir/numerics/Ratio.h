// float32 scales as exact rationals.
#pragma once

#include "ir/numerics/MultiplierRange.h"

#include <cstdint>
#include <initializer_list>
#include <optional>

namespace burin::numerics {

/// mantissa * 2^exponent, the mantissa odd.
struct Dyadic {
  uint64_t mantissa;
  int exponent;
};

/// A positive finite float, exactly.
Dyadic exactly(float positive);

bool isScale(float value); ///< 0 < value < infinity

/// A quotient that may need more than 64 bits: 0 < num, den < 2^88.
struct WideRatio {
  Int128 num, den;
};

/// num / den in lowest terms; null if a side needs more than 88 bits. Mantissas below 2^48.
std::optional<WideRatio> reduced(Dyadic num, Dyadic den);

/// mantissa * 2^shift; null if it needs more than 88 bits.
std::optional<Int128> shifted(uint64_t mantissa, int shift);

/// num / den to nearest, ties to even; den > 0, |num| < 2^126.
Int128 roundHalfEvenDivide(Int128 num, Int128 den);

/// num / den towards minus infinity; den != 0.
Int128 floorDivide(Int128 num, Int128 den);

} // namespace burin::numerics
