#include "conv/clamp_pixels_@y@.h"
#include "conv/clamps_@y@.h"
#include "conv/patch3_@a@_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "conv/window3_@a@.h"
#include "isa.h"

/* One output row of an integer depthwise convolution of 3 x 3 taps, NHWC:
 *   acc = table[5 * j] + sum over k < 3, t < 3 of
 *       rows[k][(x * stride - pad + t) * c + j] * w[j][k][t]
 *   y[x * c + j] = clamp(((acc * table[5 * j + 1] / 2^32) + offset) / 4, lo, hi)
 * for x < out_w, j < c. kh and kw are 3, stride is @STRIDE@, dilation 1, in_step and out_step are c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up the table folds -x_zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down. For the table see brn_window3_@a@, for channels with exceptions brn_channel_scales. y may not overlap the input. Source: ONNX QLinearConv-10 with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const int32_t *table, int32_t offset, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, 2u, exceptions, lo, hi, c};
    const int slid = brn_@SLIDE@_@a@_@y@(rows, in_w, c, pad, x_zero, table, offset, y, out_w);
    const int clamps = brn_clamps_@y@(&scales);
    (void)kh;
    (void)in_step;
    (void)kw;
    (void)dilation;
    (void)out_step;
    if (slid && clamps) {
        brn_clamp_pixels_@y@(y, 1u, out_w * c, 0u, lo, hi);
    }
    for (uint32_t j = 0u; slid && exceptions != NULL && j < c; ++j, table += 5) {
        if (table[1] < 0) {
            exceptions = brn_patch3_@a@_@y@(rows, in_w, c, stride, pad, x_zero, table, j, &scales,
                                        exceptions, y, out_w);
        }
    }
    for (uint32_t j = 0u; !slid && j < c; ++j, table += 5) {
        const int32_t *next = exceptions;
        for (uint32_t x = 0u; x < out_w; ++x) {
            const int32_t column = (int32_t)(x * stride) - pad;
            const uint32_t acc = brn_window3_@a@(rows, in_w, c, column, x_zero, table, j);
            @y.c@ *const out = y + (size_t)x * c + j;
            brn_store_pixels_@y@(&acc, 1u, table[1], offset, 2u, clamps, &scales, out, c);
            if (table[1] < 0) {
                next = brn_store_exceptions_@y@(&acc, 1u, exceptions, out, c);
            }
        }
        exceptions = next;
    }
}
