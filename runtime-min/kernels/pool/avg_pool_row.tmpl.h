#include "conv/window_at.h"
#include "pool/pool_count_@t@.h"

/* One output row of an average pool, NHWC:
 *   y[x * out_step + j] = (sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j]) / count
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and add 0. count = rows_counted (0 means: the rows that aren't NULL) times the columns inside the image or, if cols_padded isn't 0, those inside the padded row -pad .. in_w + pad_end - 1. An empty window gives 0. y may not overlap the input. Source: ONNX AveragePool-22 (count_include_pad, ceil_mode). */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, uint32_t rows_counted, uint32_t cols_padded, int32_t pad_end, @t.c@ *y, uint32_t out_w, uint32_t out_step)
{
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t count = brn_pool_count_@t@(rows, kh, &window, column, in_w, kw, dilation,
                                                  rows_counted, cols_padded, pad_end);
        @t.c@ *const out = y + (size_t)x * out_step;
        for (uint32_t j = 0u; j < c; ++j) {
            out[j] = 0.0@t.f@;
        }
        for (uint32_t k = 0u; k < kh; ++k) {
            for (uint32_t t = window.first; t < window.last && rows[k] != NULL; ++t) {
                const size_t at = window.offset + (size_t)(t - window.first) * window.step;
                const @t.c@ *const from = rows[k] + at;
                for (uint32_t j = 0u; j < c; ++j) {
                    out[j] += from[j];
                }
            }
        }
        for (uint32_t j = 0u; j < c; ++j) {
            out[j] /= (@t.c@)count;
        }
    }
}
