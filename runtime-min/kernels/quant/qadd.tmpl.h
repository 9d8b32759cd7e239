#include "quant/clamp.h"
#include "quant/round_shift.h"

/* Quantised sum:
 *   s = (a[i * a_step] - a_zero) * a_mult + (b[i * b_step] - b_zero) * b_mult
 *   y[i] = clamp(round(s * 2^-shift) + y_zero, lo, hi)
 * for i < n, rounded half to even; 1 <= shift <= 62. @NOTE@ y may equal an input of step 1. Source: ONNX Add-14 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @a.c@ *a, uint32_t a_step, const @b.c@ *b, uint32_t b_step, @y.c@ *y, uint32_t n, int32_t a_zero, int32_t a_mult, int32_t b_zero, int32_t b_mult, uint32_t shift, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int64_t u = (int64_t)(a[(size_t)i * a_step] - a_zero) * a_mult;
        const int64_t v = (int64_t)(b[(size_t)i * b_step] - b_zero) * b_mult;
        y[i] = (@y.c@)brn_clamp(brn_round_shift(u + v, shift) + y_zero, lo, hi);
    }
}
