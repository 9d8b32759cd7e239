// The numbers of quantised operators with 16-bit operands or results: their definition is fixed-point arithmetic.
// docs/numerics.md says why. Plain functions: no MLIR, nothing depends on the host.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace burin::numerics {

/// The number mult * 2^-shift; 0 <= mult < 2^31, 1 <= shift <= 62.
struct FixedPoint {
  int32_t mult;
  uint8_t shift;
};

/// a * b / c to `bits` significant bits, half to even: 2^(bits - 1) <= mult < 2^bits. Fewer bits below 2^(bits - 63),
/// where a sum of 32 bits rounds to 0 anyway; from 2^(bits - 1) on, the largest number that has 1 as shift. The
/// arguments are positive finite floats; 2 <= bits <= 31.
FixedPoint nearestFixedPoint(float a, float b, float c, int bits = 31);

/// a / c and b / c as multiples of the same 2^-shift, the larger one to 31 bits.
struct FixedPointPair {
  int32_t a, b;
  uint8_t shift;
};
FixedPointPair nearestFixedPoints(float a, float b, float c);

/// Constants of a softmax of up to 16 bits: exp(-sx * d) = coarse[d / 256] * fine[d % 256], coarse in units of 2^-30
/// and fine in units of 2^-31, each within 0.5 + 2^-15 units of the real number; inverse * 2^-shift = 1 / sy, where
/// 2^61 <= inverse < 2^62 and shift >= 1.
struct WideSoftmax {
  std::array<uint32_t, 256> coarse, fine;
  int64_t inverse;
  uint32_t shift;
};
/// 0 < sx, sy < infinity. Below 2^-40 every term that isn't 0 saturates 16 bits, so that sy = 2^-40 is taken.
WideSoftmax buildWideSoftmax(float sx, float sy);

/// A function of d = 0, 1 … linear in pieces: with k the last piece whose start[k] is <= d, its value is
/// (base[k] * 2^10 + slope[k] * (d - start[k])) * 2^-24.
struct Pieces {
  std::vector<uint16_t> start;
  std::vector<int32_t> base, slope;
};
/// Pieces that lie within `tolerance` of targets[d] for every d; where that is `lo` or less (`hi` or more), they may
/// lie below (above) it by anything. As few as a greedy walk finds. Null if there are more than `maxPieces`, or
/// a piece can't be written with the integers above (steeper than 127).
///
/// At most 65536 targets, finite, |target| < 2^17.
std::optional<Pieces> fitPieces(std::span<const double> targets, double tolerance, double lo, double hi,
                                size_t maxPieces);

} // namespace burin::numerics
