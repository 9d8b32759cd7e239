#include "quant/clamp.h"
#include "quant/ratio.h"

/* Quantised sum, exact:
 *   s = (a[i * a_step] - a_zero) * a_num + (b[i * b_step] - b_zero) * b_num
 *   y[i] = clamp(round(s / den) + y_zero, lo, hi)
 * for i < n, rounded half to even. a_num / den and b_num / den are the ratios of the scales; |a_num|, |b_num| < 2^53, 1 <= den < 2^62. y may equal an input of step 1. Source: ONNX Add-14 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_zero, int64_t a_num, int32_t b_zero, int64_t b_num, int64_t den, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int64_t u = (a[(size_t)i * a_step] - a_zero) * a_num;
        const int64_t v = (b[(size_t)i * b_step] - b_zero) * b_num;
        y[i] = (@t.c@)brn_clamp((int64_t)brn_ratio(u + v, den) + y_zero, lo, hi);
    }
}
