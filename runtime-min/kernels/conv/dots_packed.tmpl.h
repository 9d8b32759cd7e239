#include "conv/window.h"
#include "packed/dots_@a@_@w@.h"

/* acc[j] += sum of x * u over those taps of output channel j that lie inside the image, j < lanes <= 4; u are the packed weights of a block, whose steps are [kh][kw][in_c]. Modulo 2^32. */
static void brn_conv_@NAME@(const @a.c@ *const *rows, uint32_t kh, const brn_window *window, const @w.c@ *block, uint32_t kw, uint32_t in_c, uint32_t lanes, uint32_t *acc)
{
    for (uint32_t k = 0u; k < kh; ++k) {
        uint32_t step = (k * kw + window->first) * in_c;
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r, step += window->run) {
            const @a.c@ *const x = rows[k] + window->offset + (size_t)r * window->step;
            brn_dots_@a@_@w@(x, block, step, window->run, lanes, acc);
        }
    }
}
