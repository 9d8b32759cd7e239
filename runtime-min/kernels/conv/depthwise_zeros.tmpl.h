#include "conv/window.h"

/* What the zero points add to one channel of a depthwise window: x_zero * w for each tap in the padding, and -w_zero * x for every tap, where a tap in the padding reads x_zero. x at rows[k] + channel, w is [kh][kw][c] at the channel. Modulo 2^@s.bits@. */
static @s.u@ brn_@NAME@(const @a.c@ *const *rows, uint32_t channel, uint32_t kh, const brn_window *window, int32_t x_zero, const int8_t *w, uint32_t kw, uint32_t c, int32_t w_zero)
{
    @s.u@ acc = 0u;
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t t = 0u; t < kw; ++t) {
            const int32_t v = w[((size_t)k * kw + t) * c];
            if (rows[k] == NULL || t < window->first || t >= window->last) {
                acc += (@s.u@)(x_zero * (v - w_zero));
            } else if (w_zero != 0) {
                const size_t at = window->offset + (size_t)(t - window->first) * window->step;
                acc -= (@s.u@)(w_zero * rows[k][at + channel]);
            }
        }
    }
    return acc;
}
