#include "conv/conv_input_sum_@a@.h"
#include "conv/dots_@a@_@w@.h"
#include "conv/padding_@a@_@w@.h"
#include "conv/rows_inside_@a@.h"
#include "conv/window_at.h"@INCLUDE@

/* One output row of an integer convolution with packed weights of @w.bits@ bits, NHWC:
 *   acc = bias[o] + sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * (u[o][k][t][c] - @ZERO@ - w_zero[o])
@FORMULA@
 * for x < out_w, o < out_c. The weights are stored as u = w + @ZERO@, in blocks of four outputs whose steps are [kh][kw][in_c]: see brn_weight_@w@. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the bias folds -x_zero * sum(w - w_zero) into it. bias and w_zero may be NULL for 0. acc is taken modulo 2^32: only its final value has to fit int32.@NOTE@ y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const @w.c@ *w, const int32_t *w_zero, const int32_t *bias,@PARAMS@ @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const uint32_t kh_inside = brn_rows_inside_@a@(rows, kh);
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
        const uint32_t padded = kh * kw - kh_inside * (window.last - window.first); /* taps */
        @y.c@ *const out = y + (size_t)x * out_step;
        uint32_t x_sum = (uint32_t)brn_conv_input_sum_@a@(rows, kh, &window);
        x_sum += padded * in_c * (uint32_t)x_zero;
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            const @w.c@ *const block = w + (size_t)(o / 4u) * kh * kw * in_c;
            uint32_t sums[4] = {0u, 0u, 0u, 0u};
            uint32_t beside[4] = {0u, 0u, 0u, 0u}; /* in the padding */
            brn_conv_dots_@a@_@w@(rows, kh, &window, block, kw, in_c, lanes, sums);
            if (padded != 0u && x_zero != 0) {
                brn_conv_padding_@a@_@w@(rows, kh, &window, block, kw, in_c, lanes, beside);
            }
            for (uint32_t i = o; i < o + lanes; ++i) {
                const uint32_t zero = @ZERO@u + (w_zero != NULL ? (uint32_t)w_zero[i] : 0u);
                uint32_t acc = sums[i - o] + (uint32_t)x_zero * beside[i - o] - zero * x_sum;
                acc += bias != NULL ? (uint32_t)bias[i] : 0u;
                out[i] = @STORE@;
            }
        }
    }
}
