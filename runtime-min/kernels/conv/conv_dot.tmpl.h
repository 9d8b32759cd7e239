#include "conv/window.h"
#include "isa.h"

/* Sum of x * w over the taps of one output channel that lie inside the image; w is [kh][kw][in_c] with w_row = kw * in_c.@NOTE@ */
static @ACC@ brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, const @W@ *w, uint32_t w_row, uint32_t in_c)
{
    @SUM@ acc = 0;
    for (uint32_t k = 0u; k < kh; ++k) {
        const @W@ *const taps = w + (size_t)k * w_row + (size_t)window->first * in_c;
        for (uint32_t r = 0u; r < window->runs && rows[k] != NULL; ++r) {
            const @t.c@ *const x = rows[k] + window->offset + (size_t)r * window->step;
            acc += @CAST@brn_dot_@t@(x, taps + (size_t)r * window->run, window->run);
        }
    }
    return @BACK@acc;
}
