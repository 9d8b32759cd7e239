#include "conv/winograd_edge_@t@.h"
#include "packed/noinline.h"
#include "isa.h"

/* Neighbouring tiles, each of six columns, four further than the tile before, from column on, of kh rows, as brn_six_@t@ has them: element e of row k, tile t, channels 4 * q + p and 4 * q + 2 + p is in the halves of v[((((e * kh + k) * quads + q) * 2 + p) * tiles + t], p < 2, quads = (in_c + 3) / 4. Rows that are NULL and columns outside 0 .. in_w - 1 read as x_zero; behind the last channel stands anything. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, int32_t x_zero, uint32_t tiles, uint32_t *v)
{
    const uint32_t whole = (in_c + 3u) & ~3u;
    const uint32_t step = kh * whole / 2u * tiles;
    const int32_t bytes = (int32_t)((in_w - 1u) * in_step + in_c); /* of a row */
    for (uint32_t k = 0u; k < kh; ++k, v += whole / 2u * tiles) {
        const @t.c@ *const row = rows[k];
        int32_t at = column;
        for (uint32_t t = 0u; t < tiles; ++t, at += 4) {
            uint32_t *to = v + t;
            if (row == NULL || at < 0 || (at + 5) * (int32_t)in_step + (int32_t)whole > bytes) {
                brn_winograd_edge_@t@(row, at, in_w, in_c, in_step, x_zero, tiles, step, to);
                continue;
            }
            const @t.c@ *x = row + (size_t)(uint32_t)at * in_step;
            for (uint32_t c = 0u; c < in_c; c += 4u, x += 4, to += 2u * tiles) {
                brn_six_@t@(x, in_step, to, step, tiles);
            }
        }
    }
}
