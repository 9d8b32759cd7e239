#include "conv/depthwise_taps_@a@_@y@.h"

/* One output row of an integer depthwise convolution, NHWC:
 *   acc = first sum of j + sum over k < kh, t < kw of
 *       @OPEN@rows[k][(x * stride - pad + t * dilation) * in_step + j]@LESS@ * w[k][t][j]
 *   y[x * out_step + j] = what brn_depthwise_taps_@a@_@y@ makes of it
 * for x < out_w, j < c; kh * kw is at most 49. Columns outside 0 .. in_w - 1 and rows that are NULL read as padding: c values, at least 16, which are the input's zero point; whoever sets up w folds -@OPEN@zero@LESS@ * sum(w) into the first sums. acc is taken modulo 2^32: only its final value has to fit int32_t. w is that of brn_depthwise_taps_@a@_@y@. y may not overlap the input. Source: ONNX QLinearConv-10 with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @a.c@ *padding, const uint32_t *w, int32_t offset, uint32_t shift, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const brn_dot_scales scales = {offset, shift, lo, hi, c};
    const @a.c@ *taps[49];
    for (uint32_t x = 0u; x < out_w; ++x, y += out_step) {
        const @a.c@ **tap = taps;
        for (uint32_t k = 0u; k < kh; ++k) {
            uint32_t column = x * stride - (uint32_t)pad;
            for (uint32_t t = 0u; t < kw; ++t, column += dilation) {
                const int inside = rows[k] != NULL && column < in_w;
                *tap++ = inside ? rows[k] + (size_t)column * in_step : padding;
            }
        }
        brn_depthwise_taps_@a@_@y@(taps, kh * kw, w, &scales, y);
    }
}
