#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/winograd_24th.h"
#include "packed/noinline.h"
#include "quant/clamp_32.h"
#include "isa.h"

/* The results of @COUNT@ for up to @WIDE@ channels, from the products m of brn_products@SIZE@, six elements:
 *   acc[k] = table[2 * c] + (sum over e < 6 of A[k][e] * m[e]) / 24,
 *   A = (1 1 1 1 1 0, 0 1 -1 2 -2 0, 0 1 1 4 4 0, 0 1 -1 8 -8 1)
 * for the k-th of a tile's four pixels; in all there are pixels, step elements apart. Sums are taken modulo 2^32. Column 1 has only ones: there goes what is added to all. Returns the exceptions of the next channel. */
static BRN_NOINLINE const int32_t *brn_@NAME@(const uint32_t *m, const int32_t *table, const int32_t *exceptions, uint32_t channels, const brn_channel_scales *s, @y.c@ *y, uint32_t pixels, uint32_t step)
{
    const int clamps = brn_clamps_@y@(s);
    const int32_t offset = s->offset; /* read once: a store to y might change s */
    const uint32_t shift = s->shift;
    for (uint32_t c = 0u; c < channels; ++c, table += 2, ++m, ++y) {
        const uint32_t first = 24u * (uint32_t)table[0];
        const int32_t mult = table[1] & INT32_MAX;
        const int32_t *next = exceptions;
        @y.c@ *to = y;
        uint32_t left = pixels;
        for (uint32_t tile = 0u; tile < @SIZE@u; ++tile) {
            const uint32_t *const p = m + 4u * tile;
            const uint32_t one = p[8] + first;
            const uint32_t even = one + p[16];
            const uint32_t odd = one - p[16];
            const uint32_t far_even = p[24] + p[32];
            const uint32_t far_odd = p[24] - p[32];
            const uint32_t acc0 = brn_winograd_24th(p[0] + even + far_even);
            const uint32_t acc1 = brn_winograd_24th(odd + 2u * far_odd);
            const uint32_t acc2 = brn_winograd_24th(even + 4u * far_even);
            const uint32_t acc3 = brn_winograd_24th(odd + 8u * far_odd + p[40]);
            int32_t v0 = brn_saturate_@y@(brn_scale_high(acc0, mult, offset, shift));
            int32_t v1 = brn_saturate_@y@(brn_scale_high(acc1, mult, offset, shift));
            int32_t v2 = brn_saturate_@y@(brn_scale_high(acc2, mult, offset, shift));
            int32_t v3 = brn_saturate_@y@(brn_scale_high(acc3, mult, offset, shift));
            if (clamps) {
                v0 = brn_clamp_32(v0, s->lo, s->hi);
                v1 = brn_clamp_32(v1, s->lo, s->hi);
                v2 = brn_clamp_32(v2, s->lo, s->hi);
                v3 = brn_clamp_32(v3, s->lo, s->hi);
            }
            to[0] = (@y.c@)v0;
            if (left >= 4u) {
                to[step] = (@y.c@)v1;
                to[2u * step] = (@y.c@)v2;
                to[3u * step] = (@y.c@)v3;
            } else if (left > 1u) {
                to[step] = (@y.c@)v1;
                if (left > 2u) {
                    to[2u * step] = (@y.c@)v2;
                }
            }
            if (table[1] < 0) {
                const uint32_t sums[8] = {acc0, 0u, acc1, 0u, acc2, 0u, acc3, 0u};
                next = brn_store_exceptions_@y@(sums, left < 4u ? left : 4u, exceptions, to, step);
            }
            if (left <= 4u) {
                break;
            }
            to += 4u * step;
            left -= 4u;
        }
        exceptions = next;
    }
    return exceptions;
}
