#include "conv/lane_result.h"
#include "conv/lane_scales.h"

/* All channels of tiles times @COUNT@, next to each other in the result of a convolution:
 *   acc = bias[o] + sum over k < runs, i < run of
 *       x[k][at + p * x_step + i] * w[(k * run + i) * lanes + o]
 *   y[p * y_step + o] = the result of acc, see brn_lane_scales
 * for p < tiles * @SIZE@, o < lanes. acc is taken modulo 2^32.@NOTE@ */
static void brn_@NAME@(uint32_t tiles, const @a.c@ *const *x, uint32_t runs, size_t at, uint32_t run, uint32_t x_step, const int8_t *w, uint32_t lanes, const brn_lane_scales *s, @y.c@ *y, uint32_t y_step)
{
    for (uint32_t p = 0u; p < tiles * @SIZE@u; ++p, at += x_step, y += y_step) {
        for (uint32_t o = 0u; o < lanes; ++o) {
            const int8_t *v = w + o;
            uint32_t acc = (uint32_t)s->bias[o];
            for (uint32_t k = 0u; k < runs; ++k) {
                for (uint32_t i = 0u; i < run; ++i, v += lanes) {
                    acc += (uint32_t)(x[k][at + i] * *v);
                }
            }
            y[o] = (@y.c@)brn_lane_result(acc, o, s);
        }
    }
}
