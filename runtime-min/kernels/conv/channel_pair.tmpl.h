#include "conv/always_inline.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "isa.h"

/* One channel, or two where lanes is 2, of @COUNT@, as brn_@FORM@pairs_channels@SIZE@_@y@ has them; table, w and y are those of the first one, exceptions those of the next channel that has some. Returns the exceptions that come next. */
static BRN_ALWAYS_INLINE const int32_t *brn_@NAME@(const uint32_t *panel, uint32_t quads, const uint32_t *w, const int32_t *table, uint32_t lanes, int32_t offset, uint32_t shift, int clamps, const brn_channel_scales *s, const int32_t *exceptions, @y.c@ *y, uint32_t step)
{
    const uint32_t first = (uint32_t)table[0];
    const uint32_t second = (uint32_t)table[2];
    uint32_t acc[@(2 * SIZE)@] = {@for p SIZE|, @first, second@end@};
    brn_@FORM@pairs@SIZE@(panel, w, quads, acc);
    brn_store_pixels_@y@(acc, @SIZE@u, table[1], offset, shift, clamps, s, y, step);
    if (lanes > 1u) {
        brn_store_pixels_@y@(acc + 1, @SIZE@u, table[3], offset, shift, clamps, s, y + 1, step);
    }
    if ((table[1] | table[3]) < 0) {
        uint32_t sums[@(2 * SIZE)@]; /* a copy: acc can stay in registers */
        @for p 2*SIZE@
        sums[@p@] = acc[@p@];
        @end@
        if (table[1] < 0) {
            exceptions = brn_store_exceptions_@y@(sums, @SIZE@u, exceptions, y, step);
        }
        if (table[3] < 0 && lanes > 1u) {
            exceptions = brn_store_exceptions_@y@(sums + 1, @SIZE@u, exceptions, y + 1, step);
        }
    }
    return exceptions;
}
