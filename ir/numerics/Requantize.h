// The numbers of quantised operators: what they must be, and the integer constants that provably give them.
// docs/numerics.md says why. Plain functions: no MLIR, nothing depends on the host.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace burin::numerics {

/// `value / 2^shift`, rounded to nearest, ties to even. 0 <= shift <= 62; any value.
int64_t roundHalfEvenShift(int64_t value, unsigned shift);

// --- Accumulators: convolution, matrix product

/// The definition of requantisation: `clamp(rne(f32(f32(acc) * scale)) + zero, lo, hi)`.
///
/// f32() and rne() round to nearest, ties to even; what follows them is exact. 0 <= scale < infinity; lo <= hi.
/// Source: ONNX Runtime, MlasRequantizeOutput (QLinearConv, QLinearMatMul).
int32_t requantizeF32(int32_t acc, float scale, int32_t zero, int32_t lo, int32_t hi);

/// How a kernel requantises one channel.
struct Multiplier {
  /// Proven form: 0 < mult < 2^31. Exact form: the bits of the float32 scale.
  int32_t mult;
  /// Proven form: 1 <= shift <= 62. Exact form: 255.
  uint8_t shift;

  static constexpr uint8_t kExactForm = 255;
  bool proven() const { return shift != kExactForm; }
};

/// What a kernel computes with `m`: for the proven form `clamp(roundHalfEvenShift(acc * mult, shift) + zero, lo, hi)`
/// in 64 bits, for the exact form the definition.
int32_t requantize(int32_t acc, Multiplier m, int32_t zero, int32_t lo, int32_t hi);

/// Integer constants that give `requantizeF32` for *every* acc in [accMin, accMax], or the exact form if there are
/// none.
///
/// The definition never falls when acc grows, so it is known by at most hi - lo thresholds; each confines the real
/// number mult / 2^shift to an interval. Of what their intersection leaves, the representable number nearest to its
/// middle is taken. Nothing overflows: |acc * mult| + 2^(shift-1) < 2^63, and what it rounds to fits 32 bits. Takes
/// microseconds for an 8-bit result; more than 2^20 different results are not tried and get the exact form.
///
/// 0 <= scale < infinity; -2^31 <= accMin <= accMax < 2^31; lo <= hi.
Multiplier solveMultiplier(float scale, int64_t accMin, int64_t accMax, int32_t zero, int32_t lo, int32_t hi);

/// How a kernel requantises one channel whose bias isn't a whole number of the accumulator's steps:
/// `clamp(roundHalfEvenShift(acc * mult + offset, shift) + zero, lo, hi)`.
struct FineMultiplier {
  int32_t mult;
  uint8_t shift;
  int32_t offset;
};

/// Integer constants that give `clamp(roundHalfEven((acc + rest) * scale) + zero, lo, hi)`, of real numbers, for every
/// acc in [accMin, accMax]: `mult` is the nearest of 31 bits, and each of the at most hi - lo thresholds confines the
/// offset to an interval. Where they leave none (two thresholds nearer to integers than 31 bits tell apart), the
/// nearest offset.
///
/// Null unless 2^-31 <= scale < 2^29. |rest| <= 1/2; -2^31 < accMin <= accMax < 2^31; lo <= hi, hi - lo < 2^20.
std::optional<FineMultiplier> solveFine(double scale, double rest, int64_t accMin, int64_t accMax, int32_t zero,
                                        int32_t lo, int32_t hi);

// --- Exact quotients of scales

/// num / den in lowest terms, both positive.
struct Ratio {
  int64_t num, den;
};

/// a / b exactly. Null unless 0 < a, b < infinity and num * 2^numBits < 2^63, den * 2^denBits < 2^63: the bits say how
/// large the integers are that the caller multiplies num and den by (an average pool: the sum and the number of taps).
std::optional<Ratio> exactRatio(float a, float b, unsigned numBits, unsigned denBits = 0);

/// a * b / c exactly; conditions as for `exactRatio`.
std::optional<Ratio> exactProductRatio(float a, float b, float c, unsigned numBits, unsigned denBits = 0);

// --- Two quantised operands

/// How a kernel adds; da = a - za, db = b - zb, and the result is `clamp(sum + zy, lo, hi)`.
struct AddParams {
  /// false: sum = roundHalfEvenShift(da * aMult + db * bMult, shift), 0 <= aMult, bMult, 1 <= shift <= 62;
  /// true: sum = roundHalfEven((da * aNum + db * bNum) / den), 0 < aNum, bNum < 2^53, 0 < den < 2^62.
  /// The other form's members are 0.
  bool exact;
  int32_t aMult, bMult;
  uint32_t shift;
  int64_t aNum, bNum, den;
};

/// Constants for `q = clamp(roundHalfEven((sa * (a - za) + sb * (b - zb)) / sy) + zy, lo, hi)`, where the quotient is
/// that of the real numbers, for a, b in [qmin, qmax]. Multipliers are taken only if all pairs a, b were checked: at
/// most 2^8 values each, about a millisecond. Else the exact form is. Either way nothing overflows 64 bits.
///
/// Null unless the scales are positive and finite, and if they lie so far apart that 64 bits can't hold the exact form.
/// Precondition: qmin <= qmax, lo <= hi.
std::optional<AddParams> solveAdd(float sa, int32_t za, float sb, int32_t zb, float sy, int32_t zy, int32_t lo,
                                  int32_t hi, int32_t qmin, int32_t qmax);

/// How a kernel multiplies; p = (a - za) * (b - zb), and the result is `clamp(product + zy, lo, hi)`.
struct MulParams {
  /// false: product = roundHalfEvenShift(p * mult, shift), 0 < mult, 1 <= shift <= 62;
  /// true: product = roundHalfEven(p * num / den), 0 < num < 2^45, 0 < den < 2^62. The other form's members are 0.
  bool exact;
  int32_t mult;
  uint32_t shift;
  int64_t num, den;
};

/// Constants for `q = clamp(roundHalfEven((a - za) * (b - zb) * sa * sb / sy) + zy, lo, hi)`, where the quotient is
/// that of the real numbers, for a, b in [qmin, qmax]. A multiplier is proven as in `solveMultiplier`, for every
/// integer between the least and the greatest p (|p| < 2^31).
///
/// Null unless the scales are positive and finite, and if 64 bits can't hold the exact form. Not so for 8 bits and
/// scales of ordinary size: where no multiplier of 31 bits exists, two ties pin sa * sb / sy to a fraction with a
/// denominator of at most 2 * |p|. Precondition: qmin <= qmax, lo <= hi.
std::optional<MulParams> solveMul(float sa, int32_t za, float sb, int32_t zb, float sy, int32_t zy, int32_t lo,
                                  int32_t hi, int32_t qmin, int32_t qmax);

// --- Softmax

/// Constants of a quantised softmax over n elements: with m the greatest x, e_i = exp[m - x_i] and sum = Σ e_i,
/// `q_i = clamp(roundHalfEven(e_i * num / (sum * den)) + zy, lo, hi)`.
struct SoftmaxTable {
  std::array<uint32_t, 256> exp;
  int64_t num, den;
};

/// The constants for input scale sx and output scale sy; 8-bit inputs and outputs.
///
/// * exp[d] = exp(-sx * d) * 2^k, rounded to nearest, k the greatest such that n * 2^k < 2^32 (so sum fits 32 bits) and
///   e_i * num < 2^63. Integer arithmetic, the same on every host; each entry within 0.5 + 2^-20 of the real number.
/// * num / den = 1 / sy, exactly where 64 bits allow it, else to 40 bits; sum * den < 2^56.
/// * For sy >= 2 every result is zy (num = 0). Below 2^-40 every e_i > 0 saturates 8 bits, so sy = 2^-40 is taken.
///
/// 0 < sx, sy < infinity; n > 0.
SoftmaxTable buildSoftmaxTable(float sx, float sy, uint32_t n);

} // namespace burin::numerics
