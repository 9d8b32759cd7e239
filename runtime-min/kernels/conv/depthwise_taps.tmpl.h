#include "conv/dot_scales.h"
#include "conv/signed_byte.h"
#include "quant/clamp_32.h"
#include "isa.h"

/* One pixel of a depthwise convolution:
 *   acc = first sum of j + sum over t < count of @OPEN@taps[t][j]@LESS@ * w[t][j]
 *   y[j] = clamp(((acc * multiplier of j / 2^32) + offset) / 2^shift, lo, hi)
 * for j < out_c, both divisions rounded down. w is sixteen channels after sixteen, the last being those up to the last channel; if there are fewer than sixteen, they repeat, or zeros follow. Each sixteen are a block: 4 * count words of weights, tap after tap, from the lowest byte on; 16 first sums; 16 multipliers; a word whose lower half is n, whose bit 31 says that no block follows, bit 30 that the next is the last and isn't behind this one; and n exceptions. An exception is two words: 4 * i, the channel in bits 8 to 11, whether another follows in bit 15, and the result in the upper half; then the sum that has this result. Number i of the sums and multipliers is that of channel 4 * (i % 4) + i / 4 of the block, i / 4 being 2 for 1 and 1 for 2. The products of taps 2 * n and 2 * n + 1 always fit 16 bits together. */
static inline void brn_@NAME@(const @a.c@ *const *taps, uint32_t count, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y)
{
    static const uint8_t order[4] = {0u, 2u, 1u, 3u};
    const uint32_t lanes = s->out_c < 16u ? s->out_c : 16u;
    for (uint32_t o = 0u; o < s->out_c; o += 16u) {
        const uint32_t at = o + lanes <= s->out_c ? o : s->out_c - lanes;
        const uint32_t *const entry = w + 4u * count;
        const uint32_t exceptions = entry[32] & 0xFFFFu;
        for (uint32_t j = 0u; j < lanes; ++j) {
            const uint32_t i = 4u * order[j % 4u] + j / 4u;
            uint32_t acc = entry[i];
            for (uint32_t t = 0u; t < count; ++t) {
                acc += (uint32_t)(@OPEN@taps[t][at + j]@LESS@ * brn_signed_byte(w, 16u * t + j));
            }
            const int32_t v = brn_scale_high(acc, (int32_t)entry[16u + i], s->offset, s->shift);
            y[at + j] = (@y.c@)brn_clamp_32(v, s->lo, s->hi);
            for (uint32_t n = 0u; n < exceptions; ++n) {
                const uint32_t *const e = entry + 33u + 2u * n;
                if ((e[0] & 0xFFu) == 4u * i && e[1] == acc) {
                    y[at + j] = (@y.c@)((int32_t)e[0] >> 16);
                }
            }
        }
        w = entry + 33u + 2u * exceptions;
    }
}
