@INCLUDE@
#include "conv/window_at.h"

/* One output row of a max pool, NHWC:
 *   y[x * out_step + j] = max over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j]
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding, which never wins; a window of nothing else gives @t.min@. @NOTE@y may not overlap the input. Source: ONNX MaxPool-22. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, @t.c@ *y, uint32_t out_w, uint32_t out_step)
{
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        @t.c@ *const out = y + (size_t)x * out_step;
        for (uint32_t j = 0u; j < c; ++j) {
            out[j] = @t.min@;
        }
        for (uint32_t k = 0u; k < kh; ++k) {
            for (uint32_t t = window.first; t < window.last && rows[k] != NULL; ++t) {
                const size_t at = window.offset + (size_t)(t - window.first) * window.step;
                const @t.c@ *const from = rows[k] + at;
                for (uint32_t j = 0u; j < c; ++j) {
                    out[j] = @BETTER@ ? from[j] : out[j];
                }
            }
        }
    }
}
