#include "conv/window.h"
#include "isa.h"

/* Sum of one output channel's weights over the taps that lie in the padding; w is [kh][kw][in_c]. */
static int32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, const int8_t *w, uint32_t kw, uint32_t in_c)
{
    int32_t acc = 0;
    for (uint32_t k = 0u; k < kh; ++k, w += (size_t)kw * in_c) {
        if (rows[k] == NULL) {
            acc += brn_sum_s8(w, kw * in_c);
        } else {
            acc += brn_sum_s8(w, window->first * in_c);
            acc += brn_sum_s8(w + (size_t)window->last * in_c, (kw - window->last) * in_c);
        }
    }
    return acc;
}
