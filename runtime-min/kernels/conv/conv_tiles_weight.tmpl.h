#include "conv/window_values_@t@.h"
#include "packed/dots_@t@_@w@.h"
#include "packed/rescaled_@t@.h"
#include "packed/tile@LESS@_@t@_@w@.h"
#include "packed/tile@SIZE@_@t@_@w@.h"
#include "packed/zeros.h"

/* One output row of a convolution with integer weights, what brn_conv_row_@t@_@w@ computes, in tiles of @SIZE@ and of @LESS@ neighbouring pixels. out_w >= @LESS@ * ceil(out_w / @SIZE@). panel has room for the windows of @SIZE@ pixels, [@SIZE@][kh][kw][in_c], or is NULL for windows that lie in the row as they are: kh and kw are 1, there is no padding, and in_step is any. Source: ONNX Conv-22 of DequantizeLinear-21. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @w.c@ *w, const int32_t *w_zero, const @t.c@ *scale, uint32_t scale_step, const @t.c@ *bias, @t.c@ *panel, @t.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    const uint32_t depth = kh * kw * in_c;
    const uint32_t tiles = (out_w + @LESS@u) / @SIZE@u;
    const uint32_t wide = out_w - @LESS@u * tiles; /* tiles of @SIZE@ pixels: the first ones */
    const uint32_t next = panel != NULL ? depth : stride * in_step;
    uint32_t x = 0u;
    for (uint32_t tile = 0u; tile < tiles; ++tile) {
        const uint32_t pixels = tile < wide ? @SIZE@u : @LESS@u;
        const @t.c@ *const from = panel != NULL ? panel : rows[0] + (size_t)x * next;
        for (uint32_t p = 0u; panel != NULL && p < pixels; ++p) {
            const int32_t column = (int32_t)((x + p) * stride) - pad;
            brn_window_values_@t@(rows, kh, column, in_w, in_c, in_step, kw, dilation,
                                 panel + (size_t)p * depth);
        }
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            const @w.c@ *const block = w + (size_t)(o / 4u) * depth;
            int32_t zero[4] = {0, 0, 0, 0};
            @t.c@ acc[@(4 * SIZE)@];
            for (uint32_t i = 0u; i < @(4 * SIZE)@u; ++i) {
                acc[i] = 0.0@t.f@;
            }
            brn_zeros(w_zero, o, lanes, zero);
            if (lanes < 4u) {
                const @t.c@ *at = from;
                for (uint32_t p = 0u; p < pixels; ++p, at += next) {
                    brn_dots_@t@_@w@(at, block, 0u, depth, lanes, zero, acc + 4u * p);
                }
            } else if (pixels == @SIZE@u) {
                brn_tile@SIZE@_@t@_@w@(from, next, block, 0u, depth, zero, acc);
            } else {
                brn_tile@LESS@_@t@_@w@(from, next, block, 0u, depth, zero, acc);
            }
            for (uint32_t p = 0u; p < pixels; ++p) {
                @t.c@ *const out = y + (size_t)(x + p) * out_step;
                for (uint32_t j = 0u; j < lanes; ++j) {
                    const @t.c@ sum = acc[4u * p + j];
                    out[o + j] = brn_rescaled_@t@(sum, o + j, scale, scale_step, bias, lo, hi);
                }
            }
        }
        x += pixels;
    }
}
