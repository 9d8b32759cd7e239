#include "quant/clamp.h"
#include "quant/scale_tflite.h"

/* Quantised sum as TFLite computes it:
 *   u = scale((a[i * a_step] - a_zero) * 2^20, a_mult, a_shift), v of b likewise
 *   y[i] = clamp(scale(u@OP@v, y_mult, y_shift) + y_zero, lo, hi)
 * for i < n, scale being brn_scale_tflite. y may equal an input of step 1. Source: TFLite @SOURCE@, int8 and uint8. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_zero, int32_t a_mult, uint32_t a_shift, int32_t b_zero, int32_t b_mult, uint32_t b_shift, int32_t y_mult, uint32_t y_shift, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t da = a[(size_t)i * a_step] - a_zero;
        const int32_t db = b[(size_t)i * b_step] - b_zero;
        const int32_t u = brn_scale_tflite(da * 0x100000, a_mult, a_shift);
        const int32_t v = brn_scale_tflite(db * 0x100000, b_mult, b_shift);
        const int32_t sum = brn_scale_tflite(u@OP@v, y_mult, y_shift);
        y[i] = (@t.c@)brn_clamp((int64_t)sum + y_zero, lo, hi);
    }
}
