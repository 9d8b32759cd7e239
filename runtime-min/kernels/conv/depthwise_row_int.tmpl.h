#include "conv/depthwise_zeros_@WIDE@@a@.h"
#include "conv/rows_inside_@a@.h"
#include "conv/window_at.h"@INCLUDE@
#include "@TAPS@"

/* One output row of an integer depthwise convolution, NHWC:
 *   acc = bias[j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * (w[k][t][j] - w_zero[j])
@FORMULA@
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the bias folds -x_zero * sum(w - w_zero) into it. bias and w_zero may be NULL for 0. acc is taken modulo 2^@s.bits@: only its final value has to fit @s.c@.@NOTE@ y may not overlap the input. Source: ONNX @ONNX@ with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const int8_t *w, const int32_t *w_zero, const @s.c@ *bias,@PARAMS@ @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const uint32_t kh_inside = brn_rows_inside_@a@(rows, kh);
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t taps = window.last - window.first;
        @y.c@ *const out = y + (size_t)x * out_step;
        const int padded = x_zero != 0 && kh_inside * taps != kh * kw;
        for (uint32_t j = 0u; j < c; j += 4u) {
            const uint32_t lanes = c - j < 4u ? c - j : 4u;
            @s.u@ sums[4] = {0u, 0u, 0u, 0u};
            for (uint32_t k = 0u; k < kh; ++k) {
                if (rows[k] != NULL) {
                    const @a.c@ *const from = rows[k] + window.offset + j;
                    const int8_t *const v = w + ((size_t)k * kw + window.first) * c + j;
                    brn_taps_@WIDE@@a@(from, window.step, v, c, taps, lanes, sums);
                }
            }
            for (uint32_t i = j; i < j + lanes; ++i) {
                const int32_t zero = w_zero != NULL ? w_zero[i] : 0;
                @s.u@ acc = sums[i - j] + (bias != NULL ? (@s.u@)bias[i] : 0u);
                if (padded || zero != 0) {
                    acc += brn_depthwise_zeros_@WIDE@@a@(rows, i, kh, &window, x_zero, w + i,
                                                    kw, c, zero);
                }
                out[i] = @STORE@;
            }
        }
    }
}
