#include "conv/conv_input_sum_@WIDE@@a@.h"
#include "conv/conv_padding_@a@.h"
#include "conv/dots_@WIDE@@a@.h"
#include "conv/rows_inside_@a@.h"
#include "conv/window_at.h"@INCLUDE@

/* One output row of an integer convolution, NHWC:
 *   acc = bias[o] + sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * (w[o][k][t][c] - w_zero[o])
@FORMULA@
 * for x < out_w, o < out_c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the bias folds -x_zero * sum(w - w_zero) into it. bias and w_zero may be NULL for 0. acc is taken modulo 2^@s.bits@: only its final value has to fit @s.c@.@NOTE@ y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const int8_t *w, const int32_t *w_zero, const @s.c@ *bias,@PARAMS@ @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const uint32_t kh_inside = brn_rows_inside_@a@(rows, kh);
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
        const uint32_t padded = kh * kw - kh_inside * (window.last - window.first); /* taps */
        @y.c@ *const out = y + (size_t)x * out_step;
        @s.u@ x_sum = 0u;
        if (w_zero != NULL) {
            x_sum = brn_conv_input_sum_@WIDE@@a@(rows, kh, &window);
            x_sum += padded * in_c * (@s.u@)x_zero;
        }
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            const int8_t *taps = w + (size_t)o * kh * kw * in_c;
            @s.u@ sums[4] = {0u, 0u, 0u, 0u};
            brn_conv_dots_@WIDE@@a@(rows, kh, &window, taps, kw, in_c, lanes, sums);
            for (uint32_t i = o; i < o + lanes; ++i, taps += (size_t)kh * kw * in_c) {
                @s.u@ acc = sums[i - o] + (bias != NULL ? (@s.u@)bias[i] : 0u);
                if (padded != 0u && x_zero != 0) {
                    const int32_t sum = brn_conv_padding_@a@(rows, kh, &window, taps, kw, in_c);
                    acc += (@s.u@)x_zero * (@s.u@)sum;
                }
                if (w_zero != NULL) {
                    acc -= (@s.u@)w_zero[i] * x_sum;
                }
                out[i] = @STORE@;
            }
        }
    }
}
