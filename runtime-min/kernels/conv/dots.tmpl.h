#include "conv/window.h"
#include "isa.h"

/* acc[j] += sum of x * w over those taps of output channel j that lie inside the image, j < lanes <= 4; w is [lanes][kh][kw][in_c].@NOTE@ */
static void brn_conv_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, const @W@ *w, uint32_t kw, uint32_t in_c, uint32_t lanes, @ACC@ *acc)
{
    const uint32_t w_step = kh * kw * in_c;
    for (uint32_t k = 0u; k < kh; ++k) {
        const @W@ *const taps = w + (size_t)(k * kw + window->first) * in_c;
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            const @t.c@ *const x = rows[k] + window->offset + (size_t)r * window->step;
            brn_dots_@t@(x, taps + (size_t)r * window->run, w_step, window->run, lanes, acc);
        }
    }
}
