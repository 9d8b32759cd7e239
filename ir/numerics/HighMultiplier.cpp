#include "ir/numerics/HighMultiplier.h"

#include "ir/numerics/Ratio.h"
#include "ir/numerics/Thresholds.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

using namespace burin::numerics;

namespace {

constexpr int mostShift = 21; // 2^8 * 2^21 and as much again stay below 2^31
constexpr int sumBits = 9;    ///< that a product of a HighSum loses

/// Whether everything fits 32 bits.
bool fits(double maxScale, double maxResult, int shift) {
  return std::ldexp(maxScale, 32 + shift) < 0x1p31 && std::ldexp(maxResult + 1, shift) < 0x1p30;
}

} // namespace

std::optional<HighScale> burin::numerics::highScale(double maxScale, double maxResult, int32_t zero) {
  assert(std::abs(zero) <= 256);
  for (int shift = mostShift; shift >= 1; --shift)
    if (fits(maxScale, maxResult, shift))
      return HighScale{zero * (1 << shift) + (1 << (shift - 1)), static_cast<uint8_t>(shift)};
  return std::nullopt;
}

int32_t burin::numerics::requantizeHigh(int32_t acc, int32_t mult, HighScale scale, int32_t lo, int32_t hi) {
  const int64_t high = (int64_t{acc} * mult) >> 32;
  return static_cast<int32_t>(std::clamp<int64_t>((high + scale.offset) >> scale.shift, lo, hi));
}

namespace {

/// The definition reaches a result at sum `first`, or before it, or behind it; a multiplier does so from where
/// acc * mult is `reached` on.
struct Threshold {
  int64_t first;
  Int128 reached;
  bool orBefore = false, orBehind = false;
};

/// The multipliers, 1 … 2^31 - 1, for which ceil(reached / mult) is `first`, or at most, or at least that.
std::pair<int64_t, int64_t> multipliersFor(const Threshold &t) {
  constexpr int64_t most = 0x7FFFFFFF;
  Int128 least = 1, greatest = most;
  // reached <= first * mult
  if (t.first > 0 && !t.orBehind)
    least = std::max<Int128>(least, -floorDivide(-t.reached, t.first));
  else if (t.first < 0 && !t.orBehind)
    greatest = std::min<Int128>(greatest, floorDivide(-t.reached, -t.first));
  else if (t.reached > 0 && !t.orBehind)
    return {1, 0};
  // reached > (first - 1) * mult
  const int64_t before = t.first - 1;
  if (before > 0 && !t.orBefore)
    greatest = std::min<Int128>(greatest, floorDivide(t.reached - 1, before));
  else if (before < 0 && !t.orBefore)
    least = std::max<Int128>(least, floorDivide(-t.reached, -before) + 1);
  else if (t.reached <= 0 && !t.orBefore)
    return {1, 0};
  return {static_cast<int64_t>(least), static_cast<int64_t>(greatest)};
}

/// The multiplier that meets most thresholds; of several stretches of such the first one's middle.
int32_t bestMultiplier(const std::vector<Threshold> &thresholds, double nominal) {
  std::vector<std::pair<int64_t, int>> changes;
  for (const Threshold &t : thresholds)
    if (const auto [least, greatest] = multipliersFor(t); least <= greatest) {
      changes.push_back({least, 1});
      changes.push_back({greatest + 1, -1});
    }
  std::sort(changes.begin(), changes.end());
  const auto fallback = static_cast<int64_t>(std::clamp(nominal, 1.0, 0x1p31 - 1));
  int64_t best = fallback;
  int most = 0, met = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    met += changes[i].second;
    const bool isLast = i + 1 == changes.size() || changes[i + 1].first != changes[i].first;
    if (!isLast || met <= most || i + 1 == changes.size())
      continue;
    most = met;
    const int64_t from = changes[i].first, to = changes[i + 1].first - 1;
    best = std::clamp(fallback, from, to); // the nominal one if it is as good, as it is where a side is open
    if (best != fallback)
      best = from + (to - from) / 2;
  }
  return static_cast<int32_t>(best);
}

} // namespace

std::optional<HighMultiplier> burin::numerics::solveHigh(const std::function<int32_t(int64_t)> &definition,
                                                         double scale, HighScale common, int64_t accMin, int64_t accMax,
                                                         int32_t zero, int32_t lo, int32_t hi, size_t mostExceptions) {
  const auto found = findThresholds(definition, scale, accMin, accMax, zero, lo, hi);
  if (!found)
    return std::nullopt;
  std::vector<Threshold> thresholds;
  const int64_t bottom = definition(accMin), top = definition(accMax);
  const auto reachedAt = [&](int64_t q) { return Int128{2 * (q - zero) - 1} << (31 + common.shift); };
  for (int64_t q = bottom + 1; q <= top; ++q) // two witnesses each, after those of both ends
    thresholds.push_back({found->witnesses[static_cast<size_t>(2 * (q - bottom) + 1)], reachedAt(q)});
  // At the ends: below the first sum, and behind the last.
  if (bottom > lo)
    thresholds.push_back({accMin, reachedAt(bottom), /*orBefore=*/true});
  if (top < hi)
    thresholds.push_back({accMax + 1, reachedAt(top + 1), /*orBefore=*/false, /*orBehind=*/true});
  HighMultiplier high{.mult = bestMultiplier(thresholds, std::ldexp(scale, 32 + common.shift)), .exceptions = {}};
  const auto given = [&](int64_t acc) { return requantizeHigh(static_cast<int32_t>(acc), high.mult, common, lo, hi); };
  // Between two places at which one of the two functions grows neither does: only there can they differ.
  for (const Threshold &t : thresholds) {
    const auto own = static_cast<int64_t>(std::clamp<Int128>(-floorDivide(-t.reached, high.mult), accMin, accMax + 1));
    const int64_t wanted = std::clamp(t.first, accMin, accMax + 1);
    for (int64_t acc = std::min(own, wanted); acc < std::max(own, wanted); ++acc) {
      if (given(acc) != definition(acc))
        high.exceptions.push_back({static_cast<int32_t>(acc), definition(acc)});
      if (high.exceptions.size() > 2 * mostExceptions) // each may be found twice
        return std::nullopt;
    }
  }
  std::sort(high.exceptions.begin(), high.exceptions.end());
  high.exceptions.erase(std::unique(high.exceptions.begin(), high.exceptions.end()), high.exceptions.end());
  if (high.exceptions.size() > mostExceptions)
    return std::nullopt;
  const bool holds = std::ranges::all_of(found->witnesses, [&](int64_t acc) {
    return given(acc) == definition(acc) ||
           std::ranges::any_of(high.exceptions, [&](const auto &e) { return e.first == acc; });
  });
  return holds ? std::optional(high) : std::nullopt;
}

int32_t burin::numerics::addHigh(int32_t a, int32_t b, HighSum sum, int32_t lo, int32_t hi) {
  const int64_t s = ((int64_t{a} * sum.aMult) >> sumBits) + ((int64_t{b} * sum.bMult) >> sumBits) + sum.offset;
  return static_cast<int32_t>(std::clamp<int64_t>(s >> sum.shift, lo, hi));
}

std::optional<HighSum> burin::numerics::solveHighSum(const std::function<int32_t(int32_t, int32_t)> &definition,
                                                     double aScale, double bScale, int32_t za, int32_t zb, int32_t zy,
                                                     int32_t lo, int32_t hi, int32_t qmin, int32_t qmax) {
  assert(std::abs(zy) <= 256 && qmin >= -256 && qmax <= 256);
  // The finest shift with which multipliers, the sum of any two bytes and the zero points fit.
  const double aMost = std::abs(aScale), bMost = std::abs(bScale);
  const double sum = 256 * (aMost + bMost) + std::abs(za * aScale + zb * bScale) + std::abs(zy) + 1;
  int shift = mostShift;
  while (shift >= 1 &&
         (std::ldexp(std::max(aMost, bMost), shift + sumBits) >= 0x1p30 || std::ldexp(sum, shift) >= 0x1p30))
    --shift;
  if (shift < 1)
    return std::nullopt;
  HighSum found{.aMult = static_cast<int32_t>(std::llround(std::ldexp(aScale, shift + sumBits))),
                .bMult = static_cast<int32_t>(std::llround(std::ldexp(bScale, shift + sumBits))),
                .shift = static_cast<uint8_t>(shift)};
  const auto exact = static_cast<int32_t>(std::llround(std::ldexp(zy + 0.5 - za * aScale - zb * bScale, shift)));
  const auto holds = [&] {
    for (int32_t a = qmin; a <= qmax; ++a)
      for (int32_t b = qmin; b <= qmax; ++b)
        if (addHigh(a, b, found, lo, hi) != definition(a, b))
          return false;
    return true;
  };
  for (int32_t more : {1, 0, 2, -1, 3}) { // two floors take about one
    found.offset = exact + more;
    if (holds())
      return found;
  }
  return std::nullopt;
}
