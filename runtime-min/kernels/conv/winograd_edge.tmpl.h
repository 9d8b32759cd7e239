#include <string.h>
#include "packed/noinline.h"
#include "isa.h"

/* A tile of brn_winograd_panel_@t@ that lies partly outside the row, at the six columns from column on, or whose row is NULL; v points to its first word, step words lie between its elements. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *row, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, int32_t x_zero, uint32_t tiles, uint32_t step, uint32_t *v)
{
    const @t.c@ zeros[4] = {(@t.c@)x_zero, (@t.c@)x_zero, (@t.c@)x_zero, (@t.c@)x_zero};
    const int32_t there = (int32_t)in_w - column;
    const uint32_t some = there < 6 ? (uint32_t)there : 6u;
    const uint32_t first = column < 0 ? (uint32_t)-column : 0u; /* .. last - 1: those inside */
    const uint32_t last = row == NULL || there < 0 ? 0u : some;
    @t.c@ d[6][4];
    for (uint32_t i = 0u; i < 6u; ++i) {
        memcpy(d[i], zeros, sizeof d[i]);
    }
    for (uint32_t c = 0u; c < in_c; c += 4u, v += 2u * tiles) {
        const uint32_t n = in_c - c < 4u ? in_c - c : 4u;
        const @t.c@ *x = zeros;
        if (first < last) {
            x = row + (size_t)((uint32_t)column + first) * in_step + c;
        }
        for (uint32_t i = first; i < last; ++i, x += in_step) {
            if (n == 4u) {
                memcpy(d[i], x, 4u);
            } else {
                memcpy(d[i], x, n);
            }
        }
        brn_six_@t@(d[0], 4u, v, step, tiles);
    }
}
