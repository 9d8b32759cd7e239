// Requantisation in two or three instructions of a 32-bit machine: the upper half of a product, an addition, a shift.
// Plain functions: no MLIR, nothing depends on the host.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace burin::numerics {

/// What the channels of a layer have in common: results are `clamp((((acc * mult) >> 32) + offset) >> shift, lo, hi)`,
/// in which only mult is a channel's own. offset is zero * 2^shift + 2^(shift - 1); 1 <= shift <= 21.
struct HighScale {
  int32_t offset = 0;
  uint8_t shift = 1;
};

/// The finest such scale for channels whose scales are at most `maxScale`, and whose results, before they are clamped,
/// are at most `maxResult` in magnitude. Nullopt if there is none: for scales from 1/4 on. |zero| <= 2^8.
std::optional<HighScale> highScale(double maxScale, double maxResult, int32_t zero);

/// What a kernel computes. 0 <= mult.
int32_t requantizeHigh(int32_t acc, int32_t mult, HighScale scale, int32_t lo, int32_t hi);

/// A channel's multiplier, and the sums for which it gives another result than wanted, with that result.
struct HighMultiplier {
  int32_t mult = 0;
  std::vector<std::pair<int32_t, int32_t>> exceptions;
};

/// The multiplier that gives `definition` for *every* acc in [accMin, accMax], but for its exceptions: as few as can
/// be, and at most `mostExceptions`, else nullopt. A definition that rounds in float has some: a sum next to a tie may
/// be rounded to it, and then to even.
///
/// `definition` must never fall and stay within [lo, hi]; it is about `clamp(acc * scale + zero, lo, hi)`.
/// -2^31 <= accMin <= accMax < 2^31; hi - lo < 2^20.
std::optional<HighMultiplier> solveHigh(const std::function<int32_t(int64_t)> &definition, double scale,
                                        HighScale common, int64_t accMin, int64_t accMax, int32_t zero, int32_t lo,
                                        int32_t hi, size_t mostExceptions);

/// A sum of two bytes: `clamp((((a * aMult) >> 9) + ((b * bMult) >> 9) + offset) >> shift, lo, hi)`.
struct HighSum {
  int32_t aMult = 0, bMult = 0, offset = 0;
  uint8_t shift = 1;
};

/// What a kernel computes. 32 bits hold the sum.
int32_t addHigh(int32_t a, int32_t b, HighSum sum, int32_t lo, int32_t hi);

/// The constants that give `definition`, which is about `clamp((a - za) * aScale + (b - zb) * bScale + zy, lo, hi)`,
/// for *all* a, b in [qmin, qmax], or nullopt if none were found: where sums lie halfway between two results,
/// `definition` may round some up and others down. -2^8 <= qmin <= qmax <= 2^8, |zy| <= 2^8; the scales are of either
/// sign.
std::optional<HighSum> solveHighSum(const std::function<int32_t(int32_t, int32_t)> &definition, double aScale,
                                    double bScale, int32_t za, int32_t zb, int32_t zy, int32_t lo, int32_t hi,
                                    int32_t qmin, int32_t qmax);

} // namespace burin::numerics
