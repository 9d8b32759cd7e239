#include "isa.h"

/* One output row of a transposed convolution, NHWC, from the input rows that its taps meet:
 *   y[c * out_step + o] = clamp(bias[o] + sum over j, t, i of
 *       input[taps - 1 - j][s * in_step + i] * w[o][first_tap + j * tap_step][t][i], lo, hi)
 * for c < out_w, o < out_c, over j < taps and those t < kw for which the column s = (c + pad_w - t * dilation_w) / stride_w is whole and inside the image; i < in_c. A row of input that is NULL lies outside the image. w is [out_c][kh][kw][in_c]. The sums are those of brn_conv_transpose_row_@t@ in its order: the lowest tap meets the last row. bias may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap the rows. Source: ONNX ConvTranspose-22. */
static void brn_@NAME@(const @t.c@ *const *input, uint32_t taps, uint32_t first_tap, uint32_t tap_step, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kh, uint32_t kw, uint32_t stride_w, int32_t pad_w, uint32_t dilation_w, const @t.c@ *w, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    const uint32_t w_step = kh * kw * in_c;
    for (uint32_t c = 0u; c < out_w; ++c) {
        @t.c@ *const out = y + (size_t)c * out_step;
        for (uint32_t o = 0u; o < out_c; ++o) {
            out[o] = bias != NULL ? bias[o] : 0.0@t.f@;
        }
        for (uint32_t j = 0u; j < taps; ++j) {
            const @t.c@ *const row = input[taps - 1u - j];
            const @t.c@ *const tap_row = w + (size_t)(first_tap + j * tap_step) * kw * in_c;
            for (uint32_t t = 0u; row != NULL && t < kw; ++t) {
                /* Negative positions wrap to huge ones, which lie outside the image, too. */
                const uint32_t right = c + (uint32_t)pad_w - t * dilation_w;
                const uint32_t s = right / stride_w;
                if (s < in_w && s * stride_w == right) {
                    const @t.c@ *const from = row + (size_t)s * in_step;
                    const @t.c@ *const tap = tap_row + (size_t)t * in_c;
                    for (uint32_t o = 0u; o < out_c; o += 4u) {
                        const uint32_t lanes = out_c - o < 4u ? out_c - o : 4u;
                        brn_dots_@t@(from, tap + (size_t)o * w_step, w_step, in_c, lanes, out + o);
                    }
                }
            }
        }
        for (uint32_t o = 0u; o < out_c; ++o) {
            out[o] = out[o] < lo ? lo : (out[o] > hi ? hi : out[o]);
        }
    }
}
