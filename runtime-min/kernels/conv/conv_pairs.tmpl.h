#include "conv/@FORM@pairs_channels@LESS@_@y@.h"
#include "conv/@FORM@pairs_channels@SIZE@_@y@.h"
@if LESS == 1@
#include "conv/panel_pixel_@a@.h"
@end@
@if LESS > 1@
#include "conv/panel_tile@LESS@_@a@.h"
@end@
#include "conv/panel_tile@SIZE@_@a@.h"
#include "conv/panel_quads.h"

/* One output row of an integer convolution, NHWC:
 *   acc = table[o][0] + sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * w[o][k][t][c]
 *   y[x * out_step + o] = clamp(((acc * table[o][1] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, o < out_c, in tiles of @SIZE@ and @LESS@ pixels; the number of tiles times @LESS@ may not be more than out_w. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the table folds -x_zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down; for the sums of channels that are exceptions see brn_channel_scales. The panel has room for brn_panel_quads * @PANEL@ words; w is in the order of brn_@FORM@pairs@SIZE@, two channels after two, with zeros where there is no value or no channel. y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX QLinearConv-10. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, uint32_t *panel, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const uint32_t quads = brn_panel_quads(kh, kw, in_c, in_step, dilation);
    const uint32_t tiles = (out_w + @LESS@u) / @SIZE@u;
    const uint32_t wide = out_w - @LESS@u * tiles;
    int32_t column = -pad;
    for (uint32_t tile = 0u; tile < tiles; ++tile) {
        const uint32_t pixels = tile < wide ? @SIZE@u : @LESS@u;
        if (pixels == @SIZE@u) {
            brn_panel_tile@SIZE@_@a@(rows, kh, column, in_w, in_c, in_step, kw, stride, dilation, x_zero,
                              panel);
            brn_@FORM@pairs_channels@SIZE@_@y@(panel, quads, w, &scales, y, out_step);
        } else {
            @if LESS > 1@
            brn_panel_tile@LESS@_@a@(rows, kh, column, in_w, in_c, in_step, kw, stride, dilation, x_zero,
                              panel);
            @end@
            @if LESS == 1@
            brn_panel_pixel_@a@(rows, kh, column, in_w, in_c, in_step, kw, dilation, x_zero,
                               1u, panel);
            @end@
            brn_@FORM@pairs_channels@LESS@_@y@(panel, quads, w, &scales, y, out_step);
        }
        column += (int32_t)(pixels * stride);
        y += (size_t)pixels * out_step;
    }
}
