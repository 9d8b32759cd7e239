#include "conv/lane_scales.h"
#include "conv/columns_before.h"
#include "isa.h"

/* One output row of an integer depthwise convolution, NHWC, all channels at a time:
 *   acc = bias[j] + sum over k < kh, t < kw of
 *       rows[k][(x * stride - pad + t * dilation) * in_step + j] * w[k][t][j]
 *   y[x * out_step + j] = clamp(((acc * mult[j] / 2^32) + offset) / 2^shift, lo, hi)
 * for x < out_w, j < c. Columns outside 0 .. in_w - 1 and rows that are NULL are padding and read as x_zero; whoever sets up bias folds -x_zero * sum(w) into it. acc is taken modulo 2^32: only its final value has to fit int32_t. Both divisions round down; for the sums of channels that are exceptions see brn_lane_scales. So many pixels as together count as one may be made at once: each table then holds these channels again for each of them. That needs a stride of 1, in_step = out_step = c. y may not overlap the input. Source: ONNX QLinearConv-10 with group = channels. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, uint32_t together, const int8_t *w, const int32_t *bias, const int32_t *mult, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const int clamps = lo > (int32_t)@y.min@ || hi < (int32_t)@y.max@;
    const brn_lane_scales scales = {bias, mult, exceptions, offset, shift, lo, hi, clamps};
    const uint32_t span = (kw - 1u) * dilation + 1u;
    const uint32_t w_step = together * c;
    const uint32_t step = dilation * in_step; /* of taps */
    const uint32_t apart = together * stride * in_step;
    for (uint32_t x = 0u, pixels; x < out_w; x += pixels, y += (size_t)pixels * out_step) {
        const int32_t column = (int32_t)(x * stride) - pad;
        uint32_t first = 0u;
        uint32_t last = kw;
        if (column < 0 || (uint32_t)column + span > in_w) {
            first = brn_columns_before(column, 0, kw, dilation);
            last = brn_columns_before(column, (int32_t)in_w, kw, dilation);
            pixels = 1u;
        } else {
            const uint32_t fit = (in_w - span - (uint32_t)column) / stride + 1u;
            const uint32_t left = fit < out_w - x ? fit : out_w - x;
            pixels = left >= 2u * together ? 2u * together : (left < together ? left : together);
        }
        const size_t at = (size_t)((uint32_t)column + first * dilation) * in_step;
        if (pixels == 2u * together) {
            brn_tap_lanes2_@a@_@y@(rows, kh, kw, first, last, at, apart, step, x_zero, w, w_step,
                                w_step, &scales, y, together * out_step);
        } else {
            brn_tap_lanes1_@a@_@y@(rows, kh, kw, first, last, at, apart, step, x_zero, w, w_step,
                                pixels * c, &scales, y, 0u);
        }
    }
}
