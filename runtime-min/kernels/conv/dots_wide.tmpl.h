#include "conv/window.h"
#include "isa.h"

/* acc[j] += sum of x * w over those taps of output channel j that lie inside the image, j < lanes <= 4; w is [lanes][kh][kw][in_c]. Modulo 2^64. */
static void brn_conv_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, const int8_t *w, uint32_t kw, uint32_t in_c, uint32_t lanes, uint64_t *acc)
{
    const uint32_t w_step = kh * kw * in_c;
    for (uint32_t k = 0u; k < kh; ++k) {
        const int8_t *taps = w + (size_t)(k * kw + window->first) * in_c;
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            const @t.c@ *x = rows[k] + window->offset + (size_t)r * window->step;
            uint32_t left = window->run;
            while (left != 0u) { /* as many products as a sum of 32 bits holds */
                const uint32_t n = left < 255u ? left : 255u;
                uint32_t part[4] = {0u, 0u, 0u, 0u};
                brn_dots_@t@(x, taps, w_step, n, lanes, part);
                for (uint32_t j = 0u; j < lanes; ++j) {
                    acc[j] += (uint64_t)(int32_t)part[j];
                }
                x += n;
                taps += n;
                left -= n;
            }
        }
    }
}
