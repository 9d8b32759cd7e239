// The multipliers mult / 2^shift that satisfy a set of conditions "acc rounds to at least (less than) k".
#pragma once

#include <cstdint>
#include <optional>

namespace burin::numerics {

/// Wide enough for every exact product here.
using Int128 = __int128;

/// Every mult / 2^shift with 0 < mult < 2^31, 1 <= shift <= 62 is a multiple of 2^-62, so the multipliers m that meet a
/// condition are, in units of 2^-62, an interval of integers: no condition loses anything by rounding.
class MultiplierRange {
public:
  /// roundHalfEven(acc * m) >= k.
  void requireAtLeast(int64_t acc, int64_t k) { require(acc, k, true); }
  /// roundHalfEven(acc * m) < k.
  void requireBelow(int64_t acc, int64_t k) { require(acc, k, false); }

  struct Choice {
    int32_t mult;
    uint8_t shift;
  };
  /// The representable multiplier nearest to the middle of the interval; of equally near ones the finest. Where the
  /// conditions leave m open to one side, the interval is cut to [scale / 2, 2 * scale]. Null if there is none.
  std::optional<Choice> choose(double scale) const;

private:
  /// |acc| <= 2^33, |k| <= 2^33.
  void require(int64_t acc, int64_t k, bool atLeast);

  Int128 low = 1;
  Int128 high = Int128{0x7FFFFFFF} << 61;
};

} // namespace burin::numerics
