#include "quant/clamp_32.h"
#include "quant/sum_high.h"
#include "isa.h"

/* Quantised sum, by the upper halves of products:
 *   s = floor(a[i * a_step] * a_mult / 2^9) + floor(b[i * b_step] * b_mult / 2^9) + offset
 *   y[i] = clamp(floor(s / 2^shift), lo, hi)
 * for i < n; offset holds what rounds, and the zero points. The compiler checked on all pairs of inputs that this is what @OTHER@ gives, and that 32 bits hold s. y may equal an input of step 1. Source: ONNX Add-14 between DequantizeLinear and QuantizeLinear; TFLite ADD, int8 and uint8. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_mult, int32_t b_mult, int32_t offset, uint32_t shift, int32_t lo, int32_t hi)
{
    uint32_t left = n;
    const int clamps = lo > (int32_t)@t.min@ || hi < (int32_t)@t.max@;
    if (a_step == 1u && b_step == 1u && !clamps) {
        for (; left >= 4u; left -= 4u, a += 4, b += 4, y += 4) {
            const int32_t s0 = brn_sum_high(a[0], a_mult, b[0], b_mult, offset, shift);
            const int32_t s1 = brn_sum_high(a[1], a_mult, b[1], b_mult, offset, shift);
            const int32_t s2 = brn_sum_high(a[2], a_mult, b[2], b_mult, offset, shift);
            const int32_t s3 = brn_sum_high(a[3], a_mult, b[3], b_mult, offset, shift);
            y[0] = (@t.c@)brn_saturate_@t@(s0);
            y[1] = (@t.c@)brn_saturate_@t@(s1);
            y[2] = (@t.c@)brn_saturate_@t@(s2);
            y[3] = (@t.c@)brn_saturate_@t@(s3);
        }
    }
    for (; left != 0u; --left, a += a_step, b += b_step, ++y) {
        const int32_t s = brn_sum_high(a[0], a_mult, b[0], b_mult, offset, shift);
        y[0] = (@t.c@)brn_clamp_32(s, lo, hi);
    }
}
