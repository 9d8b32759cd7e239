#include "ir/numerics/MultiplierRange.h"

#include "ir/numerics/Ratio.h"

#include <algorithm>
#include <cmath>

using namespace burin::numerics;

static constexpr int unitBits = 62;

static Int128 ceilDivide(Int128 a, Int128 b) { return -floorDivide(-a, b); }

void MultiplierRange::require(int64_t acc, int64_t k, bool atLeast) {
  if (acc == 0) {
    if (atLeast == (k > 0)) // 0 rounds to 0, whatever m
      high = low - 1;
    return;
  }
  // acc * m >= k - 1/2, the tie included if it rounds up to k, which is where k is even; "below" is its negation.
  const bool tieMeets = atLeast == (k % 2 == 0);
  const Int128 a = Int128{2 * k - 1} << unitBits, b = Int128{2} * acc;
  if (atLeast == (acc > 0))
    low = std::max(low, tieMeets ? ceilDivide(a, b) : floorDivide(a, b) + 1);
  else
    high = std::min(high, tieMeets ? floorDivide(a, b) : ceilDivide(a, b) - 1);
}

std::optional<MultiplierRange::Choice> MultiplierRange::choose(double scale) const {
  const auto centre = static_cast<Int128>(std::ldexp(std::min(scale, 0x1p31), unitBits));
  const Int128 from = std::max(low, centre / 2), to = std::min(high, centre * 2);
  const Int128 target = from <= to ? from + (to - from) / 2 : (centre < low ? low : high);

  std::optional<Choice> best;
  Int128 bestDistance = 0;
  for (int shift = unitBits; shift >= 1; --shift) {
    const Int128 step = Int128{1} << (unitBits - shift);
    const Int128 least = std::max<Int128>(1, ceilDivide(low, step));
    const Int128 greatest = std::min<Int128>(0x7FFFFFFF, high / step);
    if (least > greatest)
      continue;
    const Int128 mult = std::clamp((target + step / 2) / step, least, greatest);
    const Int128 distance = mult * step > target ? mult * step - target : target - mult * step;
    if (!best || distance < bestDistance) {
      best = Choice{static_cast<int32_t>(mult), static_cast<uint8_t>(shift)};
      bestDistance = distance;
    }
  }
  return best;
}
