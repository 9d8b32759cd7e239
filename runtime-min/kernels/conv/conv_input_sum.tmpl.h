#include "conv/window.h"
#include "isa.h"

/* Sum of the inputs under a window as far as they lie inside the image, modulo 2^32. */
static uint32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window)
{
    uint32_t acc = 0u;
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            const @t.c@ *const x = rows[k] + window->offset + (size_t)r * window->step;
            acc += (uint32_t)brn_sum_@t@(x, window->run);
        }
    }
    return acc;
}
