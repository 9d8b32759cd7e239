#include "conv/window.h"
#include "isa.h"

/* acc[4 * p + j] += sum of x * w over all taps of output channel j < 4 of pixel p < 2, whose windows lie inside the image, the second one next elements behind the first; w is [4][kh][kw][in_c]. */
static void brn_conv_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, uint32_t next, const @t.c@ *w, uint32_t kw, uint32_t in_c, @t.c@ *acc)
{
    const uint32_t w_step = kh * kw * in_c;
    for (uint32_t k = 0u; k < kh; ++k) {
        const @t.c@ *taps = w + (size_t)k * kw * in_c;
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r, taps += window->run) {
            const @t.c@ *const x = rows[k] + window->offset + (size_t)r * window->step;
            brn_@NAME@(x, next, taps, w_step, window->run, acc);
        }
    }
}
