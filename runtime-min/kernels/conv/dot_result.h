#include "conv/dot_scales.h"
#include "quant/clamp_32.h"
#include "isa.h"

/* The result of sum number i of four:
 *   clamp((product + offset) / 2^shift, lo, hi), rounded down
 * The product is the upper half of sum times multiplier, but for exceptions. The entry of the four has their first sums, their multipliers, a word whose lowest 8 bits are n, and n times four sums and four products: where the sum is number i of such sums, number i of the products is taken. Zeros stand for none. */
static int32_t brn_dot_result(uint32_t acc, const uint32_t *entry, uint32_t i, const brn_dot_scales *s)
{
    int32_t product = brn_scale_high(acc, (int32_t)entry[4u + i], 0, 0u);
    for (uint32_t n = 0u; n < (entry[8] & 0xFFu); ++n) {
        if (acc == entry[9u + 8u * n + i]) {
            product = (int32_t)entry[13u + 8u * n + i];
        }
    }
    return brn_clamp_32((product + s->offset) >> s->shift, s->lo, s->hi);
}
