// The thresholds of a function that never falls, and the multipliers that share them.
#pragma once

#include "ir/numerics/MultiplierRange.h"

#include <algorithm>
#include <vector>

namespace burin::numerics {

/// The first acc in (below, above] at which `reached`, which stays true once it is: false at `below`, true at `above`.
/// `guess` costs or saves time only.
template <typename Predicate>
int64_t firstReached(int64_t below, int64_t above, double guess, const Predicate &reached) {
  const double clamped = std::clamp(guess, static_cast<double>(below) + 1, static_cast<double>(above));
  const auto start = static_cast<int64_t>(clamped);
  int64_t step = 1;
  if (reached(start)) {
    for (above = start; above - step > below && reached(above - step); step *= 2)
      above -= step;
    below = std::max(below, above - step);
  } else {
    for (below = start; below + step < above && !reached(below + step); step *= 2)
      below += step;
    above = std::min(above, below + step);
  }
  while (above - below > 1) {
    const int64_t middle = below + (above - below) / 2;
    (reached(middle) ? above : below) = middle;
  }
  return above;
}

/// What a rounding multiplication must do to equal a function of the accumulator everywhere.
struct Thresholds {
  MultiplierRange range;
  /// Where equality needs to be looked at: the ends, and both sides of each place at which the function grows.
  std::vector<int64_t> witnesses;
};

/// The conditions under which `clamp(roundHalfEven(acc * m) + zero, lo, hi)` equals `definition(acc)` for every acc in
/// [accMin, accMax]. Null if there are more than 2^20 thresholds.
///
/// `definition` must never fall and stay within [lo, hi]; it is about `clamp(acc * scale + zero, lo, hi)`, and any
/// error of `scale` costs time only. |accMin|, |accMax| <= 2^33.
template <typename Definition>
std::optional<Thresholds> findThresholds(const Definition &definition, double scale, int64_t accMin, int64_t accMax,
                                         int32_t zero, int32_t lo, int32_t hi) {
  constexpr int64_t maxThresholds = 1 << 20;
  const int64_t bottom = definition(accMin), top = definition(accMax);
  if (top - bottom > maxThresholds)
    return std::nullopt;
  Thresholds result{{}, {accMin, accMax}};
  if (bottom > lo)
    result.range.requireAtLeast(accMin, bottom - zero);
  if (top < hi)
    result.range.requireBelow(accMax, top + 1 - zero);
  int64_t first = accMin + 1; // that reaches q
  for (int64_t q = bottom + 1; q <= top; ++q) {
    const double guess = (static_cast<double>(q - zero) - 0.5) / scale;
    first = firstReached(first - 1, accMax, guess, [&](int64_t acc) { return definition(acc) >= q; });
    result.range.requireAtLeast(first, q - zero);
    result.range.requireBelow(first - 1, q - zero);
    result.witnesses.insert(result.witnesses.end(), {first - 1, first});
  }
  return result;
}

} // namespace burin::numerics
