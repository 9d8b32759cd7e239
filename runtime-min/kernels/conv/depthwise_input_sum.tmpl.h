#include "conv/window.h"

/* Sum of one channel's inputs under a window as far as they lie inside the image, modulo 2^32. */
static uint32_t brn_@NAME@(const @a.c@ *const *rows, uint32_t channel, uint32_t kh, const brn_window *window)
{
    uint32_t acc = 0u;
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t t = window->first; t < window->last && rows[k] != NULL; ++t) {
            const size_t at = window->offset + (size_t)(t - window->first) * window->step;
            const int32_t value = rows[k][at + channel];
            acc += (uint32_t)value;
        }
    }
    return acc;
}
