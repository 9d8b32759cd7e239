#include "quant/@FUNCTION@.h"

/* Rescales sums:
 *   y[i] = clamp(round(acc[i] * mult[i * step] * 2^-shift[i * step]) + y_zero, lo, hi)
 * for i < n, rounded half to even: step 0 for one scale, 1 for one per element. See brn_@FUNCTION@ for the ranges. Source: ONNX MatMul-13 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @s.c@ *acc, const int32_t *mult, const uint8_t *shift, uint32_t step, int32_t y_zero, int32_t lo, int32_t hi, @y.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const size_t at = (size_t)i * step;
        y[i] = (@y.c@)brn_@FUNCTION@(acc[i], mult[at], shift[at], y_zero, lo, hi);
    }
}
