#include "conv/joined_pairs_channels@LESS@_@y@.h"
#include "conv/joined_pairs_channels@SIZE@_@y@.h"
#include "conv/joined_tile@LESS@_@a@.h"
#include "conv/joined_tile@SIZE@_@a@.h"

/* One output row of an integer convolution, NHWC: what brn_conv_pairs@SIZE@_@a@_@y@ computes, for machines that multiply one pair of integers at a time. Two pixels share a word of the panel, and a multiplication. w has, for each two channels, what brn_joined_pairs@SIZE@ takes for (kh * kw * in_c + 3) / 4 quads, with zeros behind the last weight and the last channel. The panel has room for @(4 * WORDS)@ words for each quad.@NOTE@ Source: ONNX QLinearConv-10. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, uint32_t *panel, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const uint32_t quads = (kh * kw * in_c + 3u) / 4u;
    const uint32_t tiles = (out_w + @LESS@u) / @SIZE@u;
    const uint32_t wide = out_w - @LESS@u * tiles;
    int32_t column = -pad;
    for (uint32_t tile = 0u; tile < tiles; ++tile) {
        const uint32_t pixels = tile < wide ? @SIZE@u : @LESS@u;
        if (pixels == @SIZE@u) {
            brn_joined_tile@SIZE@_@a@(rows, kh, column, in_w, in_c, in_step, kw, stride, dilation, x_zero,
                               panel);
            brn_joined_pairs_channels@SIZE@_@y@(panel, quads, w, &scales, y, out_step);
        } else {
            brn_joined_tile@LESS@_@a@(rows, kh, column, in_w, in_c, in_step, kw, stride, dilation, x_zero,
                               panel);
            brn_joined_pairs_channels@LESS@_@y@(panel, quads, w, &scales, y, out_step);
        }
        column += (int32_t)(pixels * stride);
        y += (size_t)pixels * out_step;
    }
}
