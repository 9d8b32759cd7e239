#include "conv/window.h"
#include "isa.h"

/* Sum of the inputs under a window as far as they lie inside the image. */
static int32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window)
{
    int32_t acc = 0;
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            acc += brn_sum_@t@(rows[k] + window->offset + (size_t)r * window->step, window->run);
        }
    }
    return acc;
}
