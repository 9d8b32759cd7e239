#include "isa.h"

/* Output row number row of a transposed convolution, NHWC, gathered:
 *   y[c * out_step + o] = clamp(bias[o] + sum over k, t, i of
 *       x[(r * in_w + s) * in_step + i] * w[o][k][t][i], lo, hi)
 * for c < out_w, o < out_c, over those taps k < kh, t < kw for which the input row r = (row + pad_h - k * dilation_h) / stride_h and column s = (c + pad_w - t * dilation_w) / stride_w are whole and inside the image of in_h x in_w pixels; i < in_c. x is the image (of a group: its first channel), w is [out_c][kh][kw][in_c]. bias may be NULL for 0; lo = -INFINITY and hi = INFINITY clamp nothing; NaN stays NaN. y may not overlap x. Source: ONNX ConvTranspose-22. */
static void brn_@NAME@(const @t.c@ *x, uint32_t row, uint32_t in_h, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kh, uint32_t kw, uint32_t stride_h, uint32_t stride_w, int32_t pad_h, int32_t pad_w, uint32_t dilation_h, uint32_t dilation_w, const @t.c@ *w, const @t.c@ *bias, @t.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step, @t.c@ lo, @t.c@ hi)
{
    const uint32_t w_step = kh * kw * in_c;
    for (uint32_t c = 0u; c < out_w; ++c) {
        @t.c@ *const out = y + (size_t)c * out_step;
        for (uint32_t o = 0u; o < out_c; ++o) {
            out[o] = bias != NULL ? bias[o] : 0.0@t.f@;
        }
        for (uint32_t k = 0u; k < kh; ++k) {
            /* Negative positions wrap to huge ones, which lie outside the image, too. */
            const uint32_t down = row + (uint32_t)pad_h - k * dilation_h;
            for (uint32_t t = 0u; t < kw; ++t) {
                const uint32_t right = c + (uint32_t)pad_w - t * dilation_w;
                const uint32_t r = down / stride_h;
                const uint32_t s = right / stride_w;
                if (r < in_h && s < in_w && r * stride_h == down && s * stride_w == right) {
                    const @t.c@ *const from = x + ((size_t)r * in_w + s) * in_step;
                    const @t.c@ *const tap = w + ((size_t)k * kw + t) * in_c;
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
