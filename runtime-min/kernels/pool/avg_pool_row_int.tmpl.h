#include "conv/window_at.h"
#include "pool/pool_count_@a@.h"
#include "quant/clamp.h"
@INCLUDE@

/* One output row of a quantised average pool, NHWC:
 *   s = sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] - x_zero
 *   y[x * out_step + j] = clamp(@FORMULA@ + y_zero, lo, hi)
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and add 0. count = rows_counted (0 means: the rows that aren't NULL) times the columns inside the image or, if cols_padded isn't 0, those inside the padded row -pad .. in_w + pad_end - 1. @TIES@ An empty window gives y_zero. Source: @SOURCE@. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, uint32_t rows_counted, uint32_t cols_padded, int32_t pad_end, int32_t x_zero, @PARAMS@int32_t y_zero, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const int32_t kh_inside = (int32_t)brn_rows_inside_@a@(rows, kh);
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t count = brn_pool_count_@a@(rows, kh, &window, column, in_w, kw, dilation,
                                                  rows_counted, cols_padded, pad_end);
        const @s.c@ zeros = (@s.c@)x_zero * kh_inside * (int32_t)(window.last - window.first);
        for (uint32_t j = 0u; j < c; ++j) {
            @s.c@ sum = -zeros;
            int32_t average;
            for (uint32_t k = 0u; k < kh; ++k) {
                for (uint32_t t = window.first; t < window.last && rows[k] != NULL; ++t) {
                    sum += rows[k][window.offset + (size_t)(t - window.first) * window.step + j];
                }
            }
            @AVERAGE@            y[(size_t)x * out_step + j] = (@y.c@)brn_clamp((int64_t)average + y_zero, lo, hi);
        }
    }
}
