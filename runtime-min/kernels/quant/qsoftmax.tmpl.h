#include "quant/clamp.h"
#include "quant/ratio.h"

/* Quantised softmax of n values, step apart:
 *   e(i) = exp_table[largest x - x[i * step]]
 *   y[i * step] = clamp(round(e(i) * num / (den * sum over j < n of e(j))) + y_zero, lo, hi)
 * Rounds half to even. exp_table[d] is exp(-d * input scale) in fixed point, num / den is 1 / output scale. With t = exp_table[0] > 0, the largest, needs n * t < 2^32, t * num < 2^63 and n * t * den < 2^63. y may equal x. Source: ONNX Softmax-13 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @t.c@ *x, uint32_t step, @t.c@ *y, uint32_t n, const uint32_t *exp_table, int64_t num, int64_t den, int32_t y_zero, int32_t lo, int32_t hi)
{
    int32_t top = @t.min@;
    uint32_t sum = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        top = v > top ? v : top;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        sum += exp_table[top - x[(size_t)i * step]];
    }
    for (uint32_t i = 0u; i < n; ++i) {
        const int64_t e = exp_table[top - x[(size_t)i * step]];
        const int32_t q = brn_ratio(e * num, (int64_t)sum * den);
        y[(size_t)i * step] = (@t.c@)brn_clamp((int64_t)q + y_zero, lo, hi);
    }
}
