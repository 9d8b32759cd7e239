#include "quant/rescale.h"

/* Rescales and clamps quantised values:
 *   y[i] = clamp(round((x[i] - x_zero) * mult * 2^-shift) + y_zero, lo, hi)
 * for i < n, rounded half to even; 0 <= mult, 1 <= shift <= 62, the ratio of the scales to 31 bits. y may equal x where it has its type. Source: ONNX Relu-14, Clip-13 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @x.c@ *x, @y.c@ *y, uint32_t n, int32_t x_zero, int32_t mult, uint8_t shift, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = (@y.c@)brn_rescale(x[i] - x_zero, mult, shift, y_zero, lo, hi);
    }
}
