#include "conv/rows_inside_@a@.h"
#include "conv/lane_scales.h"
#include "conv/patch_rows_@a@.h"
#include "isa.h"

/* One output row of an integer convolution, NHWC, all channels at a time:
 *   acc = bias[o] + sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * w[k][t][c][o]
 *   y[x * out_step + o] = clamp(((acc * mult[o] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, o < out_c@TILES@. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up bias folds -x_zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down; for the sums of channels that are exceptions see brn_lane_scales. kh is at most 16. patch has room for what the windows of @SIZE@ pixels see: kh rows of @(SIZE - 1)@ * stride + kw columns, or @SIZE@ * kw where the dilation isn't 1. It is NULL where there is no padding, taps lie next to each other and copies is 0. y may not overlap the input, but where copies is 1: then what the windows of a tile see is copied before its results are written, which may lie over what no later one sees. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX QLinearConv-10, QLinearMatMul-21. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const int8_t *w, const int32_t *bias, const int32_t *mult, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, uint32_t copies, @a.c@ *patch, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const int clamps = lo > (int32_t)@y.min@ || hi < (int32_t)@y.max@;
    const brn_lane_scales scales = {bias, mult, exceptions, offset, shift, lo, hi, clamps};
    const uint32_t run = kw * in_c;
    const @a.c@ *copied[16];
    /* Whether a row of a window is a run of values, and whether all rows are inside the image. */
    const int whole = kw == 1u || (dilation == 1u && in_step == in_c);
    const int inside = copies == 0u && whole && brn_rows_inside_@a@(rows, kh) == kh;
    int32_t column = -pad;
    @if LESS@
    const uint32_t tiles = (out_w + @LESS@u) / @SIZE@u;
    const uint32_t wide = out_w - @LESS@u * tiles; /* tiles of @SIZE@ pixels */
    for (uint32_t tile = 0u, n; tile < tiles; tile += n) {
        const uint32_t pixels = tile < wide ? @SIZE@u : @LESS@u;
        const uint32_t left = (tile < wide ? wide : tiles) - tile;
    @end@
    @if LESS == 0@
    for (uint32_t tile = 0u, n; tile < out_w; tile += n) {
        const uint32_t pixels = 1u;
        const uint32_t left = out_w - tile;
    @end@
        const uint32_t columns = (pixels - 1u) * stride + (kw - 1u) * dilation + 1u;
        const @a.c@ *const *x = rows;
        uint32_t step = stride * in_step;
        size_t at = 0u;
        n = 1u;
        if (inside && column >= 0 && (uint32_t)column + columns <= in_w) {
            const uint32_t fit = (in_w - columns - (uint32_t)column) / (pixels * stride) + 1u;
            n = fit < left ? fit : left;
            at = (size_t)(uint32_t)column * in_step;
        } else {
            step = brn_patch_rows_@a@(rows, kh, column, pixels, in_w, in_c, in_step, kw, stride,
                                     dilation, x_zero, patch, copied);
            x = copied;
        }
        @if LESS@
        if (pixels == @LESS@u) {
            brn_@LESSFORM@lanes@LESS@_@a@_@y@(n, x, kh, at, run, step, w, out_c, &scales, y, out_step);
        } else {
            brn_@FORM@lanes@SIZE@_@a@_@y@(n, x, kh, at, run, step, w, out_c, &scales, y, out_step);
        }
        @end@
        @if LESS == 0@
        brn_lanes1_@a@_@y@(n, x, kh, at, run, step, w, out_c, &scales, y, out_step);
        @end@
        column += (int32_t)(n * pixels * stride);
        y += (size_t)(n * pixels) * out_step;
    }
}
