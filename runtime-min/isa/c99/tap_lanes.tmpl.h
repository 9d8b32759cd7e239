#include "conv/lane_result.h"
#include "conv/lane_scales.h"

/* All channels of @COUNT@, apart elements apart, of a depthwise convolution of kh rows and kw taps:
 *   acc = bias[j] + sum over k < kh, t < kw of value(k, t, p, j) * w[(k * kw + t) * w_step + j]
 *   y[p * y_step + j] = the result of acc, see brn_lane_scales
 * for p < @SIZE@, j < lanes. value is rows[k][at + p * apart + (t - first) * step + j] where first <= t < last and rows[k] isn't NULL, else x_zero. acc is taken modulo 2^32. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t kw, uint32_t first, uint32_t last, size_t at, uint32_t apart, uint32_t step, int32_t x_zero, const int8_t *w, uint32_t w_step, uint32_t lanes, const brn_lane_scales *s, @y.c@ *y, uint32_t y_step)
{
    for (uint32_t p = 0u; p < @SIZE@u; ++p, at += apart, y += y_step) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            const int8_t *v = w + j;
            uint32_t acc = (uint32_t)s->bias[j];
            for (uint32_t k = 0u; k < kh; ++k) {
                for (uint32_t t = 0u; t < kw; ++t, v += w_step) {
                    int32_t value = x_zero;
                    if (rows[k] != NULL && t >= first && t < last) {
                        value = rows[k][at + (t - first) * step + j];
                    }
                    acc += (uint32_t)(value * *v);
                }
            }
            y[j] = (@y.c@)brn_lane_result(acc, j, s);
        }
    }
}
