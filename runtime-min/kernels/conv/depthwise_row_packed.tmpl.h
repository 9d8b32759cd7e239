#include "conv/depthwise_input_sum_@a@.h"
#include "conv/rows_inside_@a@.h"
#include "conv/window_at.h"@INCLUDE@
#include "packed/taps_@a@_@w@.h"

/* One output row of an integer depthwise convolution with packed weights of @w.bits@ bits, NHWC:
 *   acc = bias[j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * (u[j][k][t] - @ZERO@ - w_zero[j])
@FORMULA@
 * for x < out_w, j < c. The weights are stored as u = w + @ZERO@, in blocks of four channels whose steps are [kh][kw]: see brn_weight_@w@. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the bias folds -x_zero * sum(w - w_zero) into it. bias and w_zero may be NULL for 0. acc is taken modulo 2^32: only its final value has to fit int32.@NOTE@ y may not overlap the input. Source: ONNX @ONNX@ with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const @w.c@ *w, const int32_t *w_zero, const int32_t *bias,@PARAMS@ @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const uint32_t kh_inside = brn_rows_inside_@a@(rows, kh);
    const @a.c@ beside[4] = {(@a.c@)x_zero, (@a.c@)x_zero, (@a.c@)x_zero, (@a.c@)x_zero};
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t taps = window.last - window.first;
        const uint32_t padded = kh * kw - kh_inside * taps;
        @y.c@ *const out = y + (size_t)x * out_step;
        for (uint32_t j = 0u; j < c; j += 4u) {
            const uint32_t lanes = c - j < 4u ? c - j : 4u;
            const @w.c@ *const block = w + (size_t)(j / 4u) * kh * kw;
            uint32_t sums[4] = {0u, 0u, 0u, 0u};
            for (uint32_t k = 0u; k < kh; ++k) {
                /* Taps of this row: padding up to first, the image up to last, padding. */
                const uint32_t first = rows[k] != NULL ? window.first : kw;
                const uint32_t last = rows[k] != NULL ? window.last : kw;
                if (first < last) {
                    const @a.c@ *const from = rows[k] + window.offset + j;
                    brn_taps_@a@_@w@(from, window.step, block, k * kw + first, taps, lanes, sums);
                }
                if (padded != 0u && x_zero != 0) {
                    brn_taps_@a@_@w@(beside, 0u, block, k * kw, first, lanes, sums);
                    brn_taps_@a@_@w@(beside, 0u, block, k * kw + last, kw - last, lanes, sums);
                }
            }
            for (uint32_t i = j; i < j + lanes; ++i) {
                uint32_t acc = sums[i - j] + (bias != NULL ? (uint32_t)bias[i] : 0u);
                if (w_zero != NULL && w_zero[i] != 0) {
                    const uint32_t sum = brn_depthwise_input_sum_@a@(rows, i, kh, &window);
                    acc -= (uint32_t)w_zero[i] * (sum + padded * (uint32_t)x_zero);
                }
                out[i] = @STORE@;
            }
        }
    }
}
