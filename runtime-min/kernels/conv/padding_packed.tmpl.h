#include "conv/window.h"
#include "packed/sums_@w@.h"

/* acc[j] += sum of u over those taps of output channel j that lie in the padding, j < lanes <= 4; u are the packed weights of a block, whose steps are [kh][kw][in_c]. */
static void brn_conv_@NAME@(const @a.c@ *const *rows, uint32_t kh, const brn_window *window, const @w.c@ *block, uint32_t kw, uint32_t in_c, uint32_t lanes, uint32_t *acc)
{
    for (uint32_t k = 0u; k < kh; ++k) {
        const uint32_t row = k * kw;
        if (rows[k] == NULL) {
            brn_sums_@w@(block, row * in_c, kw * in_c, lanes, acc);
        } else {
            const uint32_t last = window->last;
            brn_sums_@w@(block, row * in_c, window->first * in_c, lanes, acc);
            brn_sums_@w@(block, (row + last) * in_c, (kw - last) * in_c, lanes, acc);
        }
    }
}
