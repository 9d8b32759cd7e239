#include "quant/clamp.h"
#include "quant/round_shift.h"

/* Quantised softmax of n values, step apart: with d = largest x - x[i * step],
 *   e(i) = round(coarse[d / 256] * fine[d % 256] * 2^-31)
 *   y[i * step] = clamp(round(e(i) * r * 2^-s) + y_zero, lo, hi)
 * where r * 2^-s is 1 / (output scale * sum over j < n of e(j)) to 31 bits. Rounds half to even. fine[d] is exp(-d * input scale) times 2^31, coarse[d] is exp(-256 * d * input scale) times 2^30, and inverse * 2^-shift is 1 / output scale, 2^61 <= inverse < 2^62, 1 <= shift <= 124. y may equal x where it has its type. Source: ONNX Softmax-13 between DequantizeLinear and QuantizeLinear. */
static void brn_@NAME@(const @x.c@ *x, uint32_t step, @y.c@ *y, uint32_t n, const uint32_t *coarse, const uint32_t *fine, int64_t inverse, uint32_t shift, int32_t y_zero, int32_t lo, int32_t hi)
{
    int32_t top = @LOWEST@;
    uint64_t sum = 0u;
    int64_t r;
    for (uint32_t i = 0u; i < n; ++i) {
        const @x.c@ v = x[(size_t)i * step];
        top = v > top ? v : top;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t d = (uint32_t)(top - x[(size_t)i * step]);
        sum += ((uint64_t)coarse[d >> 8] * fine[d & 255u] + 0x40000000u) >> 31;
    }
    while (sum >= 0x80000000u) { /* to 31 bits; 2^30 is the largest term */
        sum = (sum + 1u) >> 1;
        ++shift;
    }
    r = inverse / (int64_t)sum;
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t d = (uint32_t)(top - x[(size_t)i * step]);
        const uint64_t e = ((uint64_t)coarse[d >> 8] * fine[d & 255u] + 0x40000000u) >> 31;
        const int64_t q = shift > 62u ? 0 : brn_round_shift((int64_t)e * r, shift);
        y[(size_t)i * step] = (@y.c@)brn_clamp(q + y_zero, lo, hi);
    }
}
