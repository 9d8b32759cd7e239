#include "conv/channel_scales.h"
#include "conv/window3_@a@.h"
#include "packed/noinline.h"
#include "quant/clamp.h"
#include "isa.h"

/* Puts the exceptions of channel j in place among its results, which are those of its multiplier: where a result is the one that an exception's sum would have, that sum is computed again. Returns the exceptions of the next such channel. The parameters are those of brn_depthwise3_@a@_@y@, entry is the channel's in the table. */
static BRN_NOINLINE const int32_t *brn_@NAME@(const @a.c@ *const *rows, uint32_t in_w, uint32_t c, uint32_t stride, int32_t pad, int32_t x_zero, const int32_t *entry, uint32_t j, const brn_channel_scales *s, const int32_t *exceptions, @y.c@ *y, uint32_t out_w)
{
    for (int32_t left = *exceptions++; left != 0; --left, exceptions += 2) {
        const uint32_t sum = (uint32_t)exceptions[0];
        const int32_t scaled = brn_scale_high(sum, entry[1] & INT32_MAX, s->offset, s->shift);
        const int32_t usual = brn_clamp(scaled, s->lo, s->hi);
        @y.c@ *to = y + j;
        for (uint32_t x = 0u; x < out_w; ++x, to += c) {
            const int32_t column = (int32_t)(x * stride) - pad;
            if (*to == usual && brn_window3_@a@(rows, in_w, c, column, x_zero, entry, j) == sum) {
                *to = (@y.c@)exceptions[1];
            }
        }
    }
    return exceptions;
}
