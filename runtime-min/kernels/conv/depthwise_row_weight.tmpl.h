#include "conv/window_at.h"
#include "packed/rescaled_@t@.h"
#include "packed/taps_@t@_@w@.h"
#include "packed/zeros.h"

/* One output row of a depthwise convolution with integer weights of @w.bits@ bits, NHWC:
 *   acc = sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * (u[j][k][t] - zero[j])
 *   y[x * out_step + j] = clamp(bias[j] + scale[j * scale_step] * acc, lo, hi)
 * for x < out_w, j < c. The weights are stored as u = w + @ZERO@, in blocks of four channels whose steps are [kh][kw]: see brn_weight_@w@. zero[j] = @ZERO@ + w_zero[j]; scale_step is 1, or 0 for one scale. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and count as 0. bias and w_zero may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap the input. Source: ONNX Conv-22 of DequantizeLinear-21 with group = channels. */
static void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @w.c@ *w, const int32_t *w_zero, const @t.c@ *scale, uint32_t scale_step, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    for (uint32_t x = 0u; x < out_w; ++x) {
        const int32_t column = (int32_t)(x * stride) - pad;
        const brn_window window = brn_window_at(column, in_w, c, in_step, kw, dilation);
        const uint32_t taps = window.last - window.first;
        for (uint32_t j = 0u; j < c; j += 4u) {
            const uint32_t lanes = c - j < 4u ? c - j : 4u;
            const @w.c@ *const block = w + (size_t)(j / 4u) * kh * kw;
            int32_t zero[4] = {0, 0, 0, 0};
            @t.c@ acc[4] = {0.0@t.f@, 0.0@t.f@, 0.0@t.f@, 0.0@t.f@};
            brn_zeros(w_zero, j, lanes, zero);
            for (uint32_t k = 0u; k < kh; ++k) {
                if (rows[k] != NULL) {
                    const @t.c@ *const from = rows[k] + window.offset + j;
                    const uint32_t first = k * kw + window.first;
                    brn_taps_@t@_@w@(from, window.step, block, first, taps, lanes, zero, acc);
                }
            }
            for (uint32_t i = j; i < j + lanes; ++i) {
                const @t.c@ v = brn_rescaled_@t@(acc[i - j], i, scale, scale_step, bias, lo, hi);
                y[(size_t)x * out_step + i] = v;
            }
        }
    }
}
