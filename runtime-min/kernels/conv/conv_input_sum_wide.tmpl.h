#include "conv/window.h"
#include "isa.h"

/* Sum of the inputs under a window as far as they lie inside the image, modulo 2^64. */
static uint64_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window)
{
    uint64_t acc = 0u;
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            const @t.c@ *x = rows[k] + window->offset + (size_t)r * window->step;
            uint32_t left = window->run;
            while (left != 0u) { /* as many as a sum of 32 bits holds */
                const uint32_t n = left < 32768u ? left : 32768u;
                acc += (uint64_t)brn_sum_@t@(x, n);
                x += n;
                left -= n;
            }
        }
    }
    return acc;
}
