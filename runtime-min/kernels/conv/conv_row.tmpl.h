#include "conv/dots_@t@.h"
#include "conv/tile_@t@.h"
#include "conv/window_at.h"
#include "conv/window_is_inside.h"

/* One output row of a convolution, NHWC:
 *   y[x * out_step + o] = clamp(bias[o] + sum over k < kh, t < kw, c < in_c of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + c] * w[o][k][t][c], lo, hi)
 * for x < out_w, o < out_c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and count as 0. bias may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap the input. A group is a call of its own: in_step and out_step are of all channels. Source: ONNX Conv-22. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @t.c@ *w, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    uint32_t pixels = 1u;
    for (uint32_t x = 0u; x < out_w; x += pixels) {
        const int32_t column = (int32_t)(x * stride) - pad;
        brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
        const uint32_t offset = window.offset;
        const int inside = brn_window_is_inside(column + (int32_t)stride, in_w, kw, dilation);
        pixels = x + 1u < out_w && column >= 0 && inside ? 2u : 1u;
        for (uint32_t o = 0u; o < out_c; o += 4u) {
            const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
            const @t.c@ *const taps = w + (size_t)o * kh * kw * in_c;
            @t.c@ acc[8];
            for (uint32_t i = 0u; i < 4u * pixels; ++i) {
                acc[i] = 0.0@t.f@;
            }
            window.offset = offset;
            if (pixels == 2u && lanes == 4u) {
                brn_conv_tile_@t@(rows, kh, &window, stride * in_step, taps, kw, in_c, acc);
            } else {
                for (uint32_t p = 0u; p < pixels; ++p, window.offset += stride * in_step) {
                    brn_conv_dots_@t@(rows, kh, &window, taps, kw, in_c, lanes, acc + 4u * p);
                }
            }
            for (uint32_t p = 0u; p < pixels; ++p) {
                @t.c@ *const out = y + (size_t)(x + p) * out_step + o;
                for (uint32_t j = 0u; j < lanes; ++j) {
                    const @t.c@ v = acc[4u * p + j] + (bias != NULL ? bias[o + j] : 0.0@t.f@);
                    out[j] = v < lo ? lo : (v > hi ? hi : v);
                }
            }
        }
    }
}
