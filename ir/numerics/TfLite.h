// TFLite's fixed-point arithmetic, for `--rounding=tflite`: multipliers of 31 bits from the scales, two roundings each.
// docs/numerics.md has the formulas. Source: TFLite's reference kernels and gemmlowp's fixedpoint, by their
// definitions.
#pragma once

#include <array>
#include <cstdint>

namespace burin::numerics::tflite {

/// mult * 2^-shift, 2^30 <= mult < 2^31 (or 0), 1 <= shift <= 62.
struct Scale {
  int32_t mult = 0;
  uint8_t shift = 31;
};

/// The scale nearest to a positive real number, of two the larger; below 2^-32 zero, at least 2^30 the largest.
Scale scaleOf(double real);

/// v times the scale: with left = max(31 - shift, 0) and right = max(shift - 31, 0), v * 2^left * mult / 2^31 rounded
/// to nearest (ties up), then / 2^right rounded to nearest (ties away from zero). v * 2^left is taken modulo 2^32.
int32_t scaled(int32_t v, Scale scale);

/// Sum of two quantised values: u = scaled((a - za) * 2^20, a), v = scaled((b - zb) * 2^20, b), scaled(u + v, y) + zy.
struct AddScales {
  Scale a, b, y;
};
AddScales addScales(double sa, double sb, double sy);

/// exp(-sx * d), d = 0 .. 255, in Q0.31, as TFLite's softmax takes it; 0 where the difference is out of its range.
std::array<int32_t, 256> exponentials(double sx);

/// The logistic function of x = sx * d in steps of 1 / 256, 0 .. 255; d is the stored input less its zero point.
int32_t logistic(int32_t d, double sx);

} // namespace burin::numerics::tflite
