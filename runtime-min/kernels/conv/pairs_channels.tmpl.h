#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "packed/noinline.h"
#include "isa.h"

/* All channels of @COUNT@, neighbours in the result of a convolution, whose windows the panel holds as brn_widen_s8 and brn_panel_quads have it; w is that of brn_pairs, two channels at a time. Kept out of line: the loop over depth needs all registers. */
static BRN_NOINLINE void brn_@NAME@(const uint32_t *panel, uint32_t quads, const uint32_t *w, const brn_channel_scales *s, @y.c@ *y, uint32_t step)
{
    const int clamps = brn_clamps_@y@(s);
    const int32_t *exceptions = s->exceptions;
    const int32_t *table = s->table;
    const int32_t offset = s->offset; /* read once: a store to y might change s */
    const uint32_t shift = s->shift;
    const uint32_t out_c = s->out_c;
    for (uint32_t o = 0u; o < out_c; o += 2u, table += 4, w += 2u * quads, y += 2) {
        const uint32_t first = (uint32_t)table[0];
        const uint32_t second = (uint32_t)table[2];
        uint32_t acc[@TWICE@] = {@SUMS@};
        brn_pairs@SIZE@(panel, w, quads, acc);
        brn_store_pixels_@y@(acc, @SIZE@u, table[1], offset, shift, clamps, s, y, step);
        if (o + 1u < out_c) {
            brn_store_pixels_@y@(acc + 1, @SIZE@u, table[3], offset, shift, clamps, s, y + 1, step);
        }
        if ((table[1] | table[3]) < 0) {
            const uint32_t sums[@TWICE@] = {@COPY@};
            if (table[1] < 0) {
                exceptions = brn_store_exceptions_@y@(sums, @SIZE@u, exceptions, y, step);
            }
            if (table[3] < 0 && o + 1u < out_c) {
                exceptions = brn_store_exceptions_@y@(sums + 1, @SIZE@u, exceptions, y + 1, step);
            }
        }
    }
}
