#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "packed/noinline.h"
#include "isa.h"

/* All channels, at least 4, of one pixel of a depthwise convolution, as brn_depthwise_pairs_@a@_@y@ has them: taps, moved on by some elements, are those of its window, 2 * pairs of them; w is in the order of brn_tap_pairs_@a@. */
static BRN_NOINLINE void brn_@NAME@(const @a.c@ *const *taps, uint32_t moved, uint32_t pairs, const uint32_t *w, const brn_channel_scales *s, @y.c@ *y)
{
    const int clamps = brn_clamps_@y@(s);
    const int32_t *next = s->exceptions;
    for (uint32_t j = 0u; j < s->out_c; j += 4u, w += 2u * pairs) {
        const uint32_t at = j + 4u < s->out_c ? j : s->out_c - 4u;
        const int32_t *const entry = s->table + 2u * at;
        uint32_t acc[4] = {(uint32_t)entry[0], (uint32_t)entry[2], (uint32_t)entry[4],
                           (uint32_t)entry[6]};
        brn_tap_pairs_@a@(taps, at + moved, pairs, w, acc);
        for (uint32_t i = j - at; i < 4u; ++i) { /* those that the four before have made stay */
            const int32_t mult = entry[2u * i + 1u];
            @y.c@ *const out = y + at + i;
            brn_store_pixels_@y@(acc + i, 1u, mult, s->offset, s->shift, clamps, s, out, 1u);
            if (mult < 0) {
                next = brn_store_exceptions_@y@(acc + i, 1u, next, out, 1u);
            }
        }
    }
}
