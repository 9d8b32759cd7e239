#include "ir/numerics/Ratio.h"
#include "ir/numerics/Requantize.h"
#include "ir/numerics/Thresholds.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

using namespace burin::numerics;

namespace {

constexpr Int128 int64Max = std::numeric_limits<int64_t>::max();

/// One sum to be found: da in [aMin, aMax] and db in [bMin, bMax], roundHalfEven((da * aNum + db * bNum) / den) + zy.
struct ExactSum {
  Int128 aNum, bNum, den;
  int64_t aMin, aMax, bMin, bMax;
  int32_t zy, lo, hi;

  int64_t aSpan() const { return std::max(std::abs(aMin), std::abs(aMax)); }
  int64_t bSpan() const { return std::max(std::abs(bMin), std::abs(bMax)); }
};

/// Whether `q` is the clamped rounding of num / den: told by products, as a division for each pair would cost far more.
bool isRounding(const ExactSum &sum, Int128 num, int64_t q) {
  const int64_t k = q - sum.zy;
  const Int128 tieBelow = (2 * k - 1) * sum.den, tieAbove = (2 * k + 1) * sum.den, twice = 2 * num;
  const bool even = k % 2 == 0;
  return (q == sum.lo || twice > tieBelow || (even && twice == tieBelow)) &&
         (q == sum.hi || twice < tieAbove || (even && twice == tieAbove));
}

bool holdsForAllPairs(const ExactSum &sum, const AddParams &p) {
  for (int64_t da = sum.aMin; da <= sum.aMax; ++da)
    for (int64_t db = sum.bMin; db <= sum.bMax; ++db) {
      const int64_t rounded = roundHalfEvenShift(da * p.aMult + db * p.bMult, p.shift);
      const int64_t q = std::clamp<int64_t>(rounded + sum.zy, sum.lo, sum.hi);
      if (!isRounding(sum, da * sum.aNum + db * sum.bNum, q))
        return false;
    }
  return true;
}

/// floor(num * 2^shift / den), or null if that is 2^31 - 1 or more. num, den < 2^88.
std::optional<int32_t> scaledQuotient(Int128 num, Int128 den, int shift) {
  // Long division in base 2: the quotient stays small, so nothing overflows.
  constexpr Int128 limit = std::numeric_limits<int32_t>::max();
  Int128 quotient = num / den, rest = num % den;
  for (int bit = 0; bit < shift && quotient < limit; ++bit) {
    rest *= 2;
    quotient = 2 * quotient + (rest >= den);
    rest -= rest >= den ? den : 0;
  }
  return quotient < limit ? std::optional(static_cast<int32_t>(quotient)) : std::nullopt;
}

/// The finest multipliers that fit, each rounded down or up, if one of the four choices is right for all pairs.
std::optional<AddParams> provenSum(const ExactSum &sum) {
  if (sum.aMax - sum.aMin > 255 || sum.bMax - sum.bMin > 255)
    return std::nullopt;
  for (int shift = 62; shift >= 1; --shift) {
    const auto a = scaledQuotient(sum.aNum, sum.den, shift), b = scaledQuotient(sum.bNum, sum.den, shift);
    const Int128 half = Int128{1} << (shift - 1);
    if (!a || !b || sum.aSpan() * Int128{*a + 1} + sum.bSpan() * Int128{*b + 1} + half > int64Max)
      continue;
    for (int32_t aMult : {*a, *a + 1})
      for (int32_t bMult : {*b, *b + 1}) {
        const AddParams params{false, aMult, bMult, static_cast<uint32_t>(shift), 0, 0, 0};
        if (holdsForAllPairs(sum, params))
          return params;
      }
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ExactSum> exactSum(float sa, int32_t za, float sb, int32_t zb, float sy, int32_t qmin, int32_t qmax) {
  const Dyadic a = exactly(sa), b = exactly(sb), y = exactly(sy);
  const uint64_t common = std::gcd(std::gcd(a.mantissa, b.mantissa), y.mantissa);
  const int exponent = std::min({a.exponent, b.exponent, y.exponent});
  const auto aNum = shifted(a.mantissa / common, a.exponent - exponent);
  const auto bNum = shifted(b.mantissa / common, b.exponent - exponent);
  const auto den = shifted(y.mantissa / common, y.exponent - exponent);
  if (!aNum || !bNum || !den)
    return std::nullopt;
  return ExactSum{*aNum, *bNum, *den, int64_t{qmin} - za, int64_t{qmax} - za, int64_t{qmin} - zb, int64_t{qmax} - zb,
                  0,     0,     0};
}

} // namespace

std::optional<AddParams> burin::numerics::solveAdd(float sa, int32_t za, float sb, int32_t zb, float sy, int32_t zy,
                                                   int32_t lo, int32_t hi, int32_t qmin, int32_t qmax) {
  assert(qmin <= qmax && lo <= hi);
  if (!isScale(sa) || !isScale(sb) || !isScale(sy))
    return std::nullopt;
  auto sum = exactSum(sa, za, sb, zb, sy, qmin, qmax);
  if (!sum)
    return std::nullopt;
  sum->zy = zy;
  sum->lo = lo;
  sum->hi = hi;
  if (const auto proven = provenSum(*sum))
    return proven;
  const bool fits = sum->aNum >> 53 == 0 && sum->bNum >> 53 == 0 && sum->den >> 62 == 0 &&
                    sum->aNum * sum->aSpan() + sum->bNum * sum->bSpan() <= int64Max;
  if (!fits)
    return std::nullopt;
  return AddParams{
      true, 0, 0, 0, static_cast<int64_t>(sum->aNum), static_cast<int64_t>(sum->bNum), static_cast<int64_t>(sum->den)};
}

/// roundHalfEven(p * num / den) + zy, clamped, for p in [pMin, pMax].
struct ExactProduct {
  WideRatio ratio;
  Int128 pMin, pMax;
  int32_t zy, lo, hi;

  Int128 span() const { return std::max(-pMin, pMax); }
  int64_t operator()(int64_t p) const {
    return static_cast<int64_t>(std::clamp<Int128>(roundHalfEvenDivide(p * ratio.num, ratio.den) + zy, lo, hi));
  }
};

static std::optional<MulParams> provenProduct(const ExactProduct &product, double scale) {
  if (product.span() > std::numeric_limits<int32_t>::max())
    return std::nullopt;
  const auto thresholds = findThresholds(product, scale, static_cast<int64_t>(product.pMin),
                                         static_cast<int64_t>(product.pMax), product.zy, product.lo, product.hi);
  const auto choice = thresholds ? thresholds->range.choose(scale) : std::nullopt;
  if (!choice)
    return std::nullopt;
  // As in solveMultiplier: the proof once more, by the kernel's own arithmetic.
  const Multiplier m{choice->mult, choice->shift};
  const bool holds = std::ranges::all_of(thresholds->witnesses, [&](int64_t p) {
    return requantize(static_cast<int32_t>(p), m, product.zy, product.lo, product.hi) == product(p);
  });
  return holds ? std::optional(MulParams{false, m.mult, m.shift, 0, 0}) : std::nullopt;
}

std::optional<MulParams> burin::numerics::solveMul(float sa, int32_t za, float sb, int32_t zb, float sy, int32_t zy,
                                                   int32_t lo, int32_t hi, int32_t qmin, int32_t qmax) {
  assert(qmin <= qmax && lo <= hi);
  if (!isScale(sa) || !isScale(sb) || !isScale(sy))
    return std::nullopt;
  const Dyadic a = exactly(sa), b = exactly(sb);
  const auto ratio = reduced({a.mantissa * b.mantissa, a.exponent + b.exponent}, exactly(sy));
  if (!ratio)
    return std::nullopt;
  const Int128 aMin = Int128{qmin} - za, aMax = Int128{qmax} - za, bMin = Int128{qmin} - zb, bMax = Int128{qmax} - zb;
  const auto [pMin, pMax] = std::minmax({aMin * bMin, aMin * bMax, aMax * bMin, aMax * bMax});
  const ExactProduct product{*ratio, pMin, pMax, zy, lo, hi};
  const double scale = static_cast<double>(sa) * static_cast<double>(sb) / static_cast<double>(sy);
  if (const auto proven = provenProduct(product, scale))
    return proven;
  if (ratio->num >> 45 != 0 || ratio->den >> 62 != 0 || ratio->num * product.span() > int64Max)
    return std::nullopt;
  return MulParams{true, 0, 0, static_cast<int64_t>(ratio->num), static_cast<int64_t>(ratio->den)};
}
