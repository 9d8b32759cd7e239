#include "conv/window_at.h"
#include "isa.h"

/* One output row of a depthwise convolution, NHWC:
 *   y[x * out_step + j] = clamp(bias[j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * w[k][t][j], lo, hi)
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and count as 0. bias may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap the input. Source: ONNX Conv-22 with group = channels. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @t.c@ *w, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t taps = window.last - window.first;
        for (uint32_t j = 0u; j < c; j += 4u) {
            const uint32_t lanes = c - j < 4u ? c - j : 4u;
            @t.c@ acc[4] = {0.0@t.f@, 0.0@t.f@, 0.0@t.f@, 0.0@t.f@};
            for (uint32_t k = 0u; k < kh; ++k) {
                if (rows[k] != NULL) {
                    const @t.c@ *const from = rows[k] + window.offset + j;
                    const @t.c@ *const v = w + ((size_t)k * kw + window.first) * c + j;
                    brn_taps_@t@(from, window.step, v, c, taps, lanes, acc);
                }
            }
            for (uint32_t i = 0u; i < lanes; ++i) {
                const @t.c@ v = acc[i] + (bias != NULL ? bias[j + i] : 0.0@t.f@);
                y[(size_t)x * out_step + j + i] = v < lo ? lo : (v > hi ? hi : v);
            }
        }
    }
}
