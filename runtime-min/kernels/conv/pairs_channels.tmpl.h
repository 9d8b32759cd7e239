#include "conv/@FORM@channel_pair@SIZE@_@y@.h"
#include "conv/clamps_@y@.h"
#include "packed/noinline.h"

/* All channels of @COUNT@, neighbours in the result of a convolution, whose windows the panel holds as brn_widen_s8 and brn_panel_quads have it; w is that of brn_@FORM@pairs@SIZE@, two channels at a time. Kept out of line: the loop over depth needs all registers. */
static BRN_NOINLINE void brn_@NAME@(const uint32_t *panel, uint32_t quads, const uint32_t *w, const brn_channel_scales *s, @y.c@ *y, uint32_t step)
{
    const int clamps = brn_clamps_@y@(s);
    const int32_t *exceptions = s->exceptions;
    const int32_t *table = s->table;
    const int32_t offset = s->offset; /* read once: a store to y might change s */
    const uint32_t shift = s->shift;
    const uint32_t out_c = s->out_c;
    const uint32_t words = @STEP@; /* of two channels */
    for (uint32_t o = 0u; o < out_c; o += 2u, table += 4, w += words, y += 2) {
        exceptions = brn_@FORM@channel_pair@SIZE@_@y@(
            panel, quads, w, table, out_c - o, offset, shift, clamps, s, exceptions, y, step);
    }
}
