#include "ir/numerics/Ratio.h"

#include "ir/numerics/Requantize.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>

using namespace burin::numerics;

bool burin::numerics::isScale(float value) { return value > 0 && std::isfinite(value); }

Dyadic burin::numerics::exactly(float positive) {
  assert(isScale(positive));
  int exponent = 0;
  const auto mantissa = static_cast<uint64_t>(std::ldexp(std::frexp(static_cast<double>(positive), &exponent), 24));
  const int zeros = std::countr_zero(mantissa);
  return {mantissa >> zeros, exponent - 24 + zeros};
}

std::optional<Int128> burin::numerics::shifted(uint64_t mantissa, int shift) {
  if (shift + static_cast<int>(std::bit_width(mantissa)) > 88)
    return std::nullopt;
  return Int128{mantissa} << shift;
}

std::optional<WideRatio> burin::numerics::reduced(Dyadic num, Dyadic den) {
  const uint64_t common = std::gcd(num.mantissa, den.mantissa);
  const int exponent = num.exponent - den.exponent;
  const auto n = shifted(num.mantissa / common, std::max(exponent, 0));
  const auto d = shifted(den.mantissa / common, std::max(-exponent, 0));
  if (!n || !d)
    return std::nullopt;
  return WideRatio{*n, *d};
}

Int128 burin::numerics::roundHalfEvenDivide(Int128 num, Int128 den) {
  Int128 quotient = num / den, rest = num % den;
  if (rest < 0) {
    quotient -= 1;
    rest += den;
  }
  const Int128 other = den - rest;
  return quotient + (rest > other || (rest == other && quotient % 2 != 0));
}

Int128 burin::numerics::floorDivide(Int128 num, Int128 den) {
  const Int128 quotient = num / den;
  return quotient * den != num && (num < 0) != (den < 0) ? quotient - 1 : quotient;
}

static std::optional<Ratio> narrowed(const std::optional<WideRatio> &wide, unsigned numBits, unsigned denBits) {
  if (!wide || numBits > 62 || denBits > 62 || wide->num >> (63 - numBits) || wide->den >> (63 - denBits))
    return std::nullopt;
  return Ratio{static_cast<int64_t>(wide->num), static_cast<int64_t>(wide->den)};
}

std::optional<Ratio> burin::numerics::exactRatio(float a, float b, unsigned numBits, unsigned denBits) {
  if (!isScale(a) || !isScale(b))
    return std::nullopt;
  return narrowed(reduced(exactly(a), exactly(b)), numBits, denBits);
}

std::optional<Ratio> burin::numerics::exactProductRatio(float a, float b, float c, unsigned numBits, unsigned denBits) {
  if (!isScale(a) || !isScale(b) || !isScale(c))
    return std::nullopt;
  const Dyadic x = exactly(a), y = exactly(b);
  return narrowed(reduced({x.mantissa * y.mantissa, x.exponent + y.exponent}, exactly(c)), numBits, denBits);
}
