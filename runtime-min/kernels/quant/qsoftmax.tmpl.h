#include "quant/clamp.h"
#include "quant/ratio.h"

/* y[i * step] = clamp(round(e(i) * num / (sum of e(j) over j < n * den)) + y_zero, lo, hi), i < n, rounded half to even, with e(i) = exp_table[largest x - x[i * step]]. exp_table[d] is exp(-scale * d) as a fixed-point number, table[0] > 0 the largest; num / den = 1 / output scale. Needs n * table[0] < 2^32, table[0] * num < 2^63, n * table[0] * den < 2^63. y may equal x. Source: ONNX Softmax-13 between DequantizeLinear and QuantizeLinear. */
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
