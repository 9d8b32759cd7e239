#include "ir/numerics/FixedPoint.h"
#include "ir/numerics/Ratio.h"
#include "ir/numerics/Requantize.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

using namespace burin::numerics;

namespace {

constexpr int fractionBits = 62; // of the fixed-point numbers below
constexpr uint64_t one = uint64_t{1} << fractionBits;

uint64_t multiply(uint64_t a, uint64_t b) { return static_cast<uint64_t>((Int128{a} * b) >> fractionBits); }

/// exp(-x) for 0 <= x <= 1, by its Taylor series; about 20 terms matter.
uint64_t expOfFraction(uint64_t x) {
  uint64_t term = one, positive = one, negative = 0;
  for (uint64_t i = 1; term != 0; ++i) {
    term = multiply(term, x) / i;
    (i % 2 ? negative : positive) += term;
  }
  return positive - negative;
}

/// exp(-sx * d). A host's exp() wouldn't do: libraries differ in the last bit, and the table is part of the output.
uint64_t expOfStep(Dyadic sx, uint64_t d) {
  if (d == 0)
    return one;
  const uint64_t mantissa = sx.mantissa * d; // below 2^40
  if (std::ldexp(static_cast<double>(mantissa), sx.exponent) >= 32)
    return 0; // below 2^-46
  const int shift = sx.exponent + fractionBits;
  const Int128 x = shift >= 0 ? Int128{mantissa} << shift : Int128{mantissa} >> std::min(-shift, 64);
  uint64_t result = expOfFraction(static_cast<uint64_t>(x % one));
  const uint64_t perUnit = expOfFraction(one);
  for (auto whole = static_cast<int>(x / one); whole > 0; --whole)
    result = multiply(result, perUnit);
  return result;
}

/// num / den or its last continued-fraction convergent with a numerator of at most `numMax`, if that lies within 2^-40
/// of it. num <= 2^64, den < 2^24.
std::optional<Ratio> approximated(Int128 num, Int128 den, Int128 numMax) {
  Int128 h = 1, k = 0, hBefore = 0, kBefore = 1; // convergents h / k
  for (Int128 a = num, b = den; b != 0;) {
    const Int128 digit = a / b, hNext = digit * h + hBefore, kNext = digit * k + kBefore;
    if (hNext > numMax)
      break;
    hBefore = std::exchange(h, hNext);
    kBefore = std::exchange(k, kNext);
    a = std::exchange(b, a % b);
  }
  const Int128 error = h * den > k * num ? h * den - k * num : k * num - h * den; // of h / k, times k * den
  if (k == 0 || error > (k * num) >> 40)
    return std::nullopt;
  return Ratio{static_cast<int64_t>(h), static_cast<int64_t>(k)};
}

} // namespace

SoftmaxTable burin::numerics::buildSoftmaxTable(float sx, float sy, uint32_t n) {
  assert(isScale(sx) && isScale(sy) && n > 0);
  int k = 31;
  while (uint64_t{n} << k >> 32 != 0)
    --k;

  SoftmaxTable table{};
  table.den = 1;
  if (sy < 2) {
    const Dyadic y = exactly(std::max(sy, 0x1p-40f)); // 2^-63 <= 2^exponent <= 1
    std::optional<Ratio> inverse;
    for (; !inverse; --k) // ends: 41 bits hold 1 / sy precisely enough, so k >= 22 always does
      inverse = approximated(Int128{1} << -y.exponent, static_cast<Int128>(y.mantissa), (Int128{1} << (63 - k)) - 1);
    ++k;
    table.num = inverse->num;
    table.den = inverse->den;
  }
  const Dyadic x = exactly(sx);
  for (uint64_t d = 0; d < table.exp.size(); ++d)
    table.exp[d] = static_cast<uint32_t>((expOfStep(x, d) + (one >> (k + 1))) >> (fractionBits - k));
  return table;
}

WideSoftmax burin::numerics::buildWideSoftmax(float sx, float sy) {
  assert(isScale(sx) && isScale(sy));
  WideSoftmax out{};
  const Dyadic x = exactly(sx), y = exactly(std::max(sy, 0x1p-40f));
  auto rounded = [](uint64_t value, int bits) {
    return static_cast<uint32_t>((value + (one >> (bits + 1))) >> (fractionBits - bits));
  };
  for (uint64_t d = 0; d < 256; ++d) {
    out.coarse[d] = rounded(expOfStep(x, d * 256), 30);
    out.fine[d] = rounded(expOfStep(x, d), 31);
  }
  const int bits = 61 + static_cast<int>(std::bit_width(y.mantissa - 1));
  out.inverse = static_cast<int64_t>((Int128{1} << bits) / static_cast<Int128>(y.mantissa));
  out.shift = static_cast<uint32_t>(bits + y.exponent);
  return out;
}
