#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "conv/store_pixels_@y@.h"
#include "conv/winograd_24th.h"
#include "packed/noinline.h"
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
        const int32_t mult = table[1];
        const int32_t *next = exceptions;
        @y.c@ *to = y;
        uint32_t left = pixels;
        for (uint32_t tile = 0u; tile < @SIZE@u && left != 0u; ++tile) {
            const uint32_t *const p = m + 4u * tile;
            const uint32_t count = left < 4u ? left : 4u;
            const uint32_t one = p[8] + first;
            const uint32_t even = one + p[16];
            const uint32_t odd = one - p[16];
            const uint32_t far_even = p[24] + p[32];
            const uint32_t far_odd = p[24] - p[32];
            const uint32_t acc[8] = {brn_winograd_24th(p[0] + even + far_even), 0u,
                                     brn_winograd_24th(odd + 2u * far_odd), 0u,
                                     brn_winograd_24th(even + 4u * far_even), 0u,
                                     brn_winograd_24th(odd + 8u * far_odd + p[40]), 0u};
            if (left >= 4u) {
                brn_store_pixels_@y@(acc, 4u, mult, offset, shift, clamps, s, to, step);
            } else {
                brn_store_pixels_@y@(acc, count, mult, offset, shift, clamps, s, to, step);
            }
            if (mult < 0) {
                const uint32_t sums[8] = {acc[0], 0u, acc[2], 0u, acc[4], 0u, acc[6], 0u};
                next = brn_store_exceptions_@y@(sums, count, exceptions, to, step);
            }
            to += (size_t)count * step;
            left -= count;
        }
        exceptions = next;
    }
    return exceptions;
}
