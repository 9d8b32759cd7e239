#include "quant/clamp.h"
#include "quant/ratio.h"

/* Quantised product, exact:
 *   p = (a[i * a_step] - a_zero) * (b[i * b_step] - b_zero)
 *   y[i] = clamp(round(p * num / den) + y_zero, lo, hi)
 * for i < n, rounded half to even. num / den is the ratio of the scales; |num| < 2^45, 1 <= den < 2^62. y may equal an input of step 1. Source: ONNX Mul-14 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_zero, int32_t b_zero, int64_t num, int64_t den, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t u = a[(size_t)i * a_step] - a_zero;
        const int32_t v = b[(size_t)i * b_step] - b_zero;
        y[i] = (@t.c@)brn_clamp((int64_t)brn_ratio(u * v * num, den) + y_zero, lo, hi);
    }
}
