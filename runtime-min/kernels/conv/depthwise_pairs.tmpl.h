#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "isa.h"

/* One output row of an integer depthwise convolution, NHWC:
 *   acc = table[2 * j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * w[j][k][t]
 *   y[x * out_step + j] = clamp(((acc * table[2 * j + 1] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, j < c; c is at least 4, kh * kw at most 49. Columns outside 0 .. in_w - 1 and rows that are NULL read as padding: c values which are the input's zero point; whoever sets up the table folds -zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down; for the sums of channels that are exceptions see brn_channel_scales. w is in the order of brn_tap_pairs_@a@, four channels after four, the last four being those up to c - 1; a tap that would be behind the last one has weights of 0. y may not overlap the input. Source: ONNX QLinearConv-10 with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @a.c@ *padding, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, c};
    const int clamps = brn_clamps_@y@(&scales);
    const uint32_t pairs = (kh * kw + 1u) / 2u;
    const @a.c@ *taps[50];
    for (uint32_t x = 0u; x < out_w; ++x, y += out_step) {
        const @a.c@ **tap = taps;
        const uint32_t *v = w;
        const int32_t *next = exceptions;
        for (uint32_t k = 0u; k < kh; ++k) {
            uint32_t column = x * stride - (uint32_t)pad;
            for (uint32_t t = 0u; t < kw; ++t, column += dilation) {
                const int inside = rows[k] != NULL && column < in_w;
                *tap++ = inside ? rows[k] + (size_t)column * in_step : padding;
            }
        }
        *tap = taps[0]; /* needed for odd numbers of taps */
        for (uint32_t j = 0u; j < c; j += 4u, v += 2u * pairs) {
            const uint32_t at = j + 4u < c ? j : c - 4u;
            const int32_t *const entry = table + 2u * at;
            uint32_t acc[4] = {(uint32_t)entry[0], (uint32_t)entry[2], (uint32_t)entry[4],
                               (uint32_t)entry[6]};
            brn_tap_pairs_@a@(taps, at, pairs, v, acc);
            for (uint32_t i = j - at; i < 4u; ++i) { /* those that the four before have made stay */
                const int32_t mult = entry[2u * i + 1u];
                @y.c@ *const out = y + at + i;
                brn_store_pixels_@y@(acc + i, 1u, mult, offset, shift, clamps, &scales, out, 1u);
                if (mult < 0) {
                    next = brn_store_exceptions_@y@(acc + i, 1u, next, out, 1u);
                }
            }
        }
    }
}
