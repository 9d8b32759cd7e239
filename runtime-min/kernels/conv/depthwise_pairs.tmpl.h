#include "conv/channel_scales.h"
#include "conv/rows_inside_@a@.h"
#include "conv/tap_channels_@a@_@y@.h"

/* One output row of an integer depthwise convolution, NHWC:
 *   acc = table[2 * j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * w[j][k][t]
 *   y[x * out_step + j] = clamp(((acc * table[2 * j + 1] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, j < c; c is at least 4, kh * kw at most 49. Columns outside 0 .. in_w - 1 and rows that are NULL read as padding: c values which are the input's zero point; whoever sets up the table folds -zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down; for the sums of channels that are exceptions see brn_channel_scales. w is in the order of brn_tap_pairs_@a@, four channels after four, the last four being those up to c - 1; a tap that would be behind the last one has weights of 0. y may not overlap the input. Source: ONNX QLinearConv-10 with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @a.c@ *padding, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, c};
    const uint32_t pairs = (kh * kw + 1u) / 2u;
    const uint32_t reach = (kw - 1u) * dilation;
    const int whole = brn_rows_inside_@a@(rows, kh) == kh;
    const @a.c@ *taps[50];
    uint32_t moved = 0u;
    uint32_t column = 0u - (uint32_t)pad;
    for (uint32_t x = 0u; x < out_w; ++x, column += stride, y += out_step) {
        if (whole && x != 0u && column - stride < in_w && column + reach < in_w) {
            moved += stride * in_step; /* inside the image all windows are alike */
        } else {
            const @a.c@ **tap = taps;
            moved = 0u;
            for (uint32_t k = 0u; k < kh; ++k) {
                uint32_t at = column;
                for (uint32_t t = 0u; t < kw; ++t, at += dilation) {
                    const int inside = rows[k] != NULL && at < in_w;
                    *tap++ = inside ? rows[k] + (size_t)at * in_step : padding;
                }
            }
            *tap = taps[0]; /* needed for odd numbers of taps */
        }
        brn_tap_channels_@a@_@y@(taps, moved, pairs, w, &scales, y);
    }
}
