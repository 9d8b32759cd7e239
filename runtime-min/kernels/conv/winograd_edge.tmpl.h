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
    const @t.c@ *x = first < last ? row + (size_t)((uint32_t)column + first) * in_step : zeros;
    const uint32_t columns = first < last ? last - first : 0u;
    for (uint32_t left = in_c;; left -= 4u, v += 2u * tiles) {
        @t.c@(*const to)[4] = d + first;
        if (left >= 4u) {
            const @t.c@ *from = x;
            for (uint32_t i = 0u; i < columns; ++i, from += in_step) {
                memcpy(to[i], from, 4u);
            }
            x += columns != 0u ? 4u : 0u;
        } else {
            for (uint32_t i = 0u; i < columns; ++i) {
                memcpy(to[i], x + (size_t)i * in_step, left);
            }
        }
        brn_six_@t@(d[0], 4u, v, step, tiles);
        if (left <= 4u) {
            return;
        }
    }
}
