#include "ir/numerics/Requantize.h"

#include "ir/numerics/MultiplierRange.h"
#include "ir/numerics/Thresholds.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

using namespace burin::numerics;

static int32_t clampSum(int64_t rounded, int32_t zero, int32_t lo, int32_t hi) {
  return static_cast<int32_t>(std::clamp<int64_t>(rounded + zero, lo, hi));
}

int64_t burin::numerics::roundHalfEvenShift(int64_t value, unsigned shift) {
  assert(shift <= 62);
  if (shift == 0)
    return value;
  const int64_t floor = value >> shift;
  const int64_t rest = value & ((int64_t{1} << shift) - 1), half = int64_t{1} << (shift - 1);
  return floor + (rest > half || (rest == half && floor % 2 != 0));
}

int32_t burin::numerics::requantizeF32(int32_t acc, float scale, int32_t zero, int32_t lo, int32_t hi) {
  assert(lo <= hi);
  // The store rounds to float32 even where registers hold more; no addition follows that a compiler could fuse.
  const volatile float product = static_cast<float>(acc) * scale;
  const double rounded = std::nearbyint(static_cast<double>(product));
  // Beyond 2^33 the sum lies outside int32 whatever the zero point; written so that not even NaN converts undefined.
  if (!(rounded < 0x1p33))
    return hi;
  if (rounded < -0x1p33)
    return lo;
  return clampSum(static_cast<int64_t>(rounded), zero, lo, hi);
}

int32_t burin::numerics::requantize(int32_t acc, Multiplier m, int32_t zero, int32_t lo, int32_t hi) {
  if (!m.proven())
    return requantizeF32(acc, std::bit_cast<float>(m.mult), zero, lo, hi);
  return clampSum(roundHalfEvenShift(int64_t{acc} * m.mult, m.shift), zero, lo, hi);
}

Multiplier burin::numerics::solveMultiplier(float scale, int64_t accMin, int64_t accMax, int32_t zero, int32_t lo,
                                            int32_t hi) {
  assert(scale >= 0 && std::isfinite(scale));
  assert(std::numeric_limits<int32_t>::min() <= accMin && accMin <= accMax &&
         accMax <= std::numeric_limits<int32_t>::max());
  const Multiplier exactForm{std::bit_cast<int32_t>(scale), Multiplier::kExactForm};
  auto definition = [&](int64_t acc) { return requantizeF32(static_cast<int32_t>(acc), scale, zero, lo, hi); };
  auto thresholds = findThresholds(definition, scale, accMin, accMax, zero, lo, hi);
  if (!thresholds)
    return exactForm;
  // Kernels hold the rounded product in 32 bits before they add the zero point.
  thresholds->range.requireAtLeast(accMin, std::numeric_limits<int32_t>::min());
  thresholds->range.requireBelow(accMax, int64_t{std::numeric_limits<int32_t>::max()} + 1);
  const auto choice = thresholds->range.choose(scale);
  if (!choice)
    return exactForm;
  // The proof once more, by the kernel's own arithmetic: between two witnesses neither side can change.
  const Multiplier m{choice->mult, choice->shift};
  const bool holds = std::ranges::all_of(thresholds->witnesses, [&](int64_t acc) {
    return requantize(static_cast<int32_t>(acc), m, zero, lo, hi) == definition(acc);
  });
  return holds ? m : exactForm;
}

std::optional<FineMultiplier> burin::numerics::solveFine(double scale, double rest, int64_t accMin, int64_t accMax,
                                                         int32_t zero, int32_t lo, int32_t hi) {
  int exponent = 0;
  const double fraction = std::frexp(scale, &exponent);
  auto mult = static_cast<int64_t>(std::nearbyint(std::ldexp(fraction, 31)));
  int shift = 31 - exponent;
  if (mult > std::numeric_limits<int32_t>::max()) {
    mult /= 2;
    --shift;
  }
  if (!(scale > 0) || shift < 1 || shift > 62)
    return std::nullopt;
  // What the offset must be at least and at most; ties are kept away from, so that no rounding of ties matters.
  Int128 least = std::numeric_limits<int32_t>::min(), most = std::numeric_limits<int32_t>::max();
  for (int64_t k = int64_t{lo} - zero + 1; k <= int64_t{hi} - zero; ++k) {
    const double threshold = (static_cast<double>(k) - 0.5) / scale - rest;
    const bool tieFalls = threshold == std::ceil(threshold) && k % 2 != 0;
    const double first = std::ceil(threshold) + (tieFalls ? 1 : 0); // the first acc that gives k
    const auto reaching = static_cast<int64_t>(std::clamp(first, static_cast<double>(accMin), 0x1p32));
    const auto below = static_cast<int64_t>(std::clamp(first - 1, -0x1p32, static_cast<double>(accMax)));
    const Int128 tie = Int128{2 * k - 1} << (shift - 1);
    if (reaching <= accMax)
      least = std::max(least, tie - Int128{reaching} * mult + 1);
    if (below >= accMin)
      most = std::min(most, tie - Int128{below} * mult - 1);
  }
  const auto nearest = static_cast<Int128>(std::nearbyint(rest * static_cast<double>(mult)));
  const Int128 offset = least <= most ? std::clamp(nearest, least, most) : nearest;
  return FineMultiplier{static_cast<int32_t>(mult), static_cast<uint8_t>(shift), static_cast<int32_t>(offset)};
}
