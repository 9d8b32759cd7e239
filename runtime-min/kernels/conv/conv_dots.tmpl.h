#include "conv/dots_columns_@a@.h"
#include "conv/dots_pixels_@y@.h"

/* One output row of an integer convolution, NHWC:
 *   acc = first sum of o + sum over k < kh, t < kw, c < in_c of
 *       @OPEN@rows[k][(x * stride - pad + t * dilation) * in_step + c]@LESS@ * w[o][t][k][c]
 *   y[x * out_step + o] = result of brn_dot_result
 * for x < out_w, o < out_c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up w folds -@OPEN@x_zero@LESS@ * sum(w) into the first sums. acc is taken modulo 2^32: only its final value has to fit int32_t. w is that of brn_dots_pixels_@y@. Windows are laid out in the panel, the columns of up to tile pixels at a time: ((tile - 1) * stride + kw) * kh * in_c values, or tile * kw * kh * in_c if dilation isn't 1. y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX QLinearConv-10. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, int32_t offset, uint32_t shift, int32_t lo, int32_t hi, uint32_t tile, int8_t *panel, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_dot_scales scales = {offset, shift, lo, hi, out_c};
    const uint32_t depth = kw * kh * in_c;
    const uint32_t x_step = dilation == 1u ? stride * kh * in_c : depth;
    int32_t column = -pad;
    for (uint32_t x = 0u; x < out_w; x += tile) {
        const uint32_t pixels = out_w - x < tile ? out_w - x : tile;
        if (dilation == 1u) {
            brn_dots_columns_@a@(rows, kh, column, (pixels - 1u) * stride + kw, in_w, in_c, in_step,
                                x_zero, panel);
        }
        for (uint32_t i = 0u; dilation != 1u && i < pixels * kw; ++i) {
            const int32_t at = column + (int32_t)(i / kw * stride + i % kw * dilation);
            brn_dots_columns_@a@(rows, kh, at, 1u, in_w, in_c, in_step, x_zero,
                                panel + (size_t)i * kh * in_c);
        }
        brn_dots_pixels_@y@(panel, x_step, pixels, depth, w, &scales, y, out_step);
        column += (int32_t)(pixels * stride);
        y += (size_t)pixels * out_step;
    }
}
