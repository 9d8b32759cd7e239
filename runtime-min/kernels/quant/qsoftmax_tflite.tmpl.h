#include "quant/clamp.h"
#include "quant/reciprocal_q31.h"

/* Quantised softmax of n values, step apart, as TFLite computes it; the result has steps of 1 / 256 from y_zero on:
 *   e(i) = exp_table[largest x - x[i * step]], Q0.31
 *   y[i * step] = min(round(e(i) / sum over j < n of e(j) * 256) + y_zero, hi)
 * The sum is in Q12.19, its reciprocal normalised to 0.5 .. 1: brn_reciprocal_q31. n < 512. y may equal x. Source: TFLite SOFTMAX, int8 and uint8. */
static void brn_@NAME@(const @t.c@ *x, uint32_t step, @t.c@ *y, uint32_t n, const int32_t *exp_table, int32_t y_zero, int32_t hi)
{
    int32_t top = @t.min@;
    uint32_t sum = 0u;
    uint32_t zeros = 0u; /* at the head of the sum */
    int32_t scale;
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        top = v > top ? v : top;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        sum += ((uint32_t)exp_table[top - x[(size_t)i * step]] + 0x800u) >> 12;
    }
    while ((sum << zeros) < 0x80000000u) {
        ++zeros;
    }
    scale = brn_reciprocal_q31((int32_t)((sum << zeros) - 0x80000000u));
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t e = exp_table[top - x[(size_t)i * step]];
        const int32_t q = brn_scale_tflite(e, scale, 31u + 12u - zeros + 23u);
        y[(size_t)i * step] = (@t.c@)brn_clamp((int64_t)q + y_zero, y_zero, hi);
    }
}
