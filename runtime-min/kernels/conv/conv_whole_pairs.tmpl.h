#include "conv/@FORM@pairs_channels@SIZE@_@y@.h"
#include "conv/panel_tile@SIZE@_@a@.h"
#include "conv/panel_quads.h"

/* One output row of an integer convolution, NHWC: exactly what brn_conv_@FORM@pairs@SIZE@_@a@_@y@ computes, from the same weights, with all tiles of @SIZE@ pixels: less code, and more of the same work. The last tile reaches back to pixels that the one before has made; a row of one pixel is made @SIZE@ times over. out_w is 1 or at least @SIZE@. Source: ONNX QLinearConv-10. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, uint32_t *panel, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const uint32_t quads = brn_panel_quads(kh, kw, in_c, in_step, dilation);
    const uint32_t last = out_w == 1u ? 0u : out_w - @SIZE@u;
    const uint32_t step = out_w == 1u ? 0u : out_step;
    const uint32_t moves = out_w == 1u ? 0u : stride;
    for (uint32_t x = 0u;; x = x + @SIZE@u < last ? x + @SIZE@u : last) {
        const int32_t column = (int32_t)(x * stride) - pad;
        brn_panel_tile@SIZE@_@a@(rows, kh, column, in_w, in_c, in_step, kw, moves, dilation, x_zero,
                          panel);
        brn_@FORM@pairs_channels@SIZE@_@y@(panel, quads, w, &scales, y + (size_t)x * out_step, step);
        if (x == last) {
            return;
        }
    }
}
