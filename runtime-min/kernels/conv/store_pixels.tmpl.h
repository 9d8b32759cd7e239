#include "conv/always_inline.h"
#include "conv/channel_scales.h"
#include "quant/clamp_32.h"
#include "isa.h"

/* Stores the sums of one channel, acc[0], acc[2] ..., of up to five pixels, step elements apart:
 *   y = clamp(brn_scale_high(acc, mult), lo, hi)
 * but for exceptions; mult may have the sign bit that says there are some. Offset and shift are those of s, clamps says whether lo .. hi is less than what y holds. Written out: all this is to stay in registers. */
static BRN_ALWAYS_INLINE void brn_@NAME@(const uint32_t *acc, uint32_t pixels, int32_t mult, int32_t offset, uint32_t shift, int clamps, const brn_channel_scales *s, @y.c@ *y, uint32_t step)
{
    mult &= INT32_MAX;
    if (clamps) {
        *y = (@y.c@)brn_clamp_32(brn_scale_high(acc[0], mult, offset, shift), s->lo, s->hi);
        @for p 4@
        if (pixels > @(p + 1)@u) {
            y += step;
            *y = (@y.c@)brn_clamp_32(brn_scale_high(acc[@(2 * p + 2)@], mult, offset, shift), s->lo, s->hi);
        }
        @end@
    } else {
        *y = (@y.c@)brn_saturate_@y@(brn_scale_high(acc[0], mult, offset, shift));
        @for p 4@
        if (pixels > @(p + 1)@u) {
            y += step;
            *y = (@y.c@)brn_saturate_@y@(brn_scale_high(acc[@(2 * p + 2)@], mult, offset, shift));
        }
        @end@
    }
}
