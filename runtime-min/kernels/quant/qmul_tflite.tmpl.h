#include "quant/requant_tflite.h"

/* Quantised product as TFLite computes it:
 *   p = (a[i * a_step] - a_zero) * (b[i * b_step] - b_zero)
 *   y[i] = clamp(scale(p, mult, shift) + y_zero, lo, hi)
 * for i < n, scale being brn_scale_tflite. y may equal an input of step 1. Source: TFLite MUL, int8 and uint8. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_zero, int32_t b_zero, int32_t mult, uint8_t shift, int32_t y_zero, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t product = (a[(size_t)i * a_step] - a_zero) * (b[(size_t)i * b_step] - b_zero);
        y[i] = (@t.c@)brn_requant_tflite(product, mult, shift, y_zero, lo, hi);
    }
}
