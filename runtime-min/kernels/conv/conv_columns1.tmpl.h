#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "isa.h"

/* One output row of an integer convolution of one row of taps, what brn_conv_pairs1_@a@_@y@ computes, in blocks of 16 channels and column by column, which inputs that are x_zero don't need: after a relu these are many, and fewer instructions are executed. Such inputs count as 0, so table[o][0] is the bias alone. w has, for each 16 channels, kw * in_c columns as brn_columns16_@a@ takes them, with zeros behind the last channel. Source: ONNX QLinearConv-10, QLinearMatMul-21. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const int clamps = brn_clamps_@y@(&scales);
    const uint32_t n = kw * in_c;
    const @a.c@ *in = rows[0];
    (void)kh;
    (void)in_w;
    (void)pad;
    (void)dilation;
    for (uint32_t x = 0u; x < out_w; ++x, in += stride * in_step, y += out_step) {
        const int32_t *next = exceptions;
        const int32_t *entry = table;
        for (uint32_t o = 0u; o < out_c; o += 16u) {
            const uint32_t lanes = out_c - o < 16u ? out_c - o : 16u;
            uint32_t acc[16];
            for (uint32_t j = 0u; j < 16u; ++j) {
                acc[j] = j < lanes ? (uint32_t)entry[2u * j] : 0u;
            }
            brn_columns16_@a@(in, n, x_zero, w + o / 4u * (size_t)n, acc);
            for (uint32_t j = 0u; j < lanes; ++j, entry += 2) {
                @y.c@ *const out = y + o + j;
                brn_store_pixels_@y@(acc + j, 1u, entry[1], offset, shift, clamps, &scales, out, 1u);
                if (entry[1] < 0) {
                    next = brn_store_exceptions_@y@(acc + j, 1u, next, out, 1u);
                }
            }
        }
    }
}
