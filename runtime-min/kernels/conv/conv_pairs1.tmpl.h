#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "isa.h"

/* One output row of an integer convolution of one row of taps that lie next to each other and never in the padding, and products with a matrix:
 *   acc = table[o][0] + sum over i < kw * in_c of rows[0][x * stride * in_step + i] * w[o][i]
 *   y[x * out_step + o] = clamp(((acc * table[o][1] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, o < out_c; kh is 1, and so is the dilation, pad is 0, and in_step is in_c. All else is as for brn_conv_pairs2_@a@_@y@, whose panel it doesn't need. Source: ONNX QLinearConv-10, QLinearMatMul-21. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const int clamps = brn_clamps_@y@(&scales);
    const uint32_t n = kw * in_c;
    const uint32_t step = (n + 3u) / 4u * 2u; /* words of the weights of two channels */
    const @a.c@ *in = rows[0];
    (void)kh;
    (void)in_w;
    (void)pad;
    (void)dilation;
    (void)x_zero;
    for (uint32_t x = 0u; x < out_w; ++x, in += stride * in_step, y += out_step) {
        const int32_t *next = exceptions;
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const int32_t *const entry = table + 2u * o;
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            uint32_t acc[4] = {(uint32_t)entry[0], 0u, 0u, 0u};
            for (uint32_t j = 1u; j < lanes; ++j) {
                acc[j] = (uint32_t)entry[2u * j];
            }
            if (lanes > 2u) {
                brn_bytes4_@a@(in, n, w + o / 2u * (size_t)step, step, acc);
            } else {
                brn_bytes2_@a@(in, n, w + o / 2u * (size_t)step, acc);
            }
            for (uint32_t j = 0u; j < lanes; ++j) {
                const int32_t mult = entry[2u * j + 1u];
                @y.c@ *const out = y + o + j;
                brn_store_pixels_@y@(acc + j, 1u, mult, offset, shift, clamps, &scales, out, 1u);
                if (mult < 0) {
                    next = brn_store_exceptions_@y@(acc + j, 1u, next, out, 1u);
                }
            }
        }
    }
}
