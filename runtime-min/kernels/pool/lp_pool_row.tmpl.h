#include <math.h>
#include "conv/window_at.h"

/* One output row of an Lp pool, NHWC:
 *   y[x * out_step + j] = (sum over k < kh, t < kw of
 *       |rows[k][(x * stride - pad + t * dilation) * in_step + j]|^p)^(1/p)
 * for x < out_w, j < c; p >= 1. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and add 0. y may not overlap the input. Source: ONNX LpPool-22. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t p, @t.c@ *y, uint32_t out_w, uint32_t out_step)
{
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        for (uint32_t j = 0u; j < c; ++j) {
            @t.c@ sum = 0.0@t.f@;
            for (uint32_t k = 0u; k < kh; ++k) {
                for (uint32_t t = window.first; t < window.last && rows[k] != NULL; ++t) {
                    const size_t at = window.offset + (size_t)(t - window.first) * window.step;
                    const @t.c@ v = fabs@t.f@(rows[k][at + j]);
                    sum += p == 1 ? v : (p == 2 ? v * v : pow@t.f@(v, (@t.c@)p));
                }
            }
            sum = p == 1 ? sum : (p == 2 ? sqrt@t.f@(sum) : pow@t.f@(sum, 1.0@t.f@ / (@t.c@)p));
            y[(size_t)x * out_step + j] = sum;
        }
    }
}
