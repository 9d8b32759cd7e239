#include "conv/window_at.h"
#include "conv/window_is_inside.h"
#include "packed/dots_@t@_@w@.h"
#include "packed/rescaled_@t@.h"
#include "packed/tile4_@t@_@w@.h"
#include "packed/zeros.h"

/* One output row of a convolution with integer weights of @w.bits@ bits, NHWC:
 *   acc = sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * (u[o][k][t][c] - zero[o])
 *   y[x * out_step + o] = clamp(bias[o] + scale[o * scale_step] * acc, lo, hi)
 * for x < out_w, o < out_c. The weights are stored as u = w + @ZERO@, in blocks of four outputs whose steps are [kh][kw][in_c]: see brn_weight_@w@. zero[o] = @ZERO@ + w_zero[o]; scale_step is 1, or 0 for one scale. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and count as 0. bias and w_zero may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX Conv-22 of DequantizeLinear-21. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @w.c@ *w, const int32_t *w_zero, const @t.c@ *scale, uint32_t scale_step, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    uint32_t pixels = 1u;
    for (uint32_t x = 0u; x < out_w; x += pixels) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const int32_t fourth = column + 3 * (int32_t)stride;
        const brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
        const int inside = column >= 0 && brn_window_is_inside(fourth, in_w, kw, dilation);
        pixels = inside && out_w - x >= 4u && out_c >= 4u ? 4u : 1u;
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            const @w.c@ *const block = w + (size_t)(o / 4u) * kh * kw * in_c;
            int32_t zero[4] = {0, 0, 0, 0};
            @t.c@ acc[16];
            for (uint32_t i = 0u; i < 4u * pixels; ++i) {
                acc[i] = 0.0@t.f@;
            }
            brn_zeros(w_zero, o, lanes, zero);
            for (uint32_t k = 0u; k < kh; ++k) {
                uint32_t step = (k * kw + window.first) * in_c;
                for (uint32_t r = 0u; r < window.runs && rows[k] != NULL; ++r, step += window.run) {
                    const @t.c@ *from = rows[k] + window.offset + (size_t)r * window.step;
                    if (pixels == 4u && lanes == 4u) {
                        brn_tile4_@t@_@w@(from, stride * in_step, block, step, window.run, zero,
                                          acc);
                        continue;
                    }
                    for (uint32_t p = 0u; p < pixels; ++p, from += stride * in_step) {
                        brn_dots_@t@_@w@(from, block, step, window.run, lanes, zero, acc + 4u * p);
                    }
                }
            }
            for (uint32_t p = 0u; p < pixels; ++p) {
                @t.c@ *const out = y + (size_t)(x + p) * out_step;
                for (uint32_t j = 0u; j < lanes; ++j) {
                    const @t.c@ sum = acc[4u * p + j];
                    out[o + j] = brn_rescaled_@t@(sum, o + j, scale, scale_step, bias, lo, hi);
                }
            }
        }
    }
}
