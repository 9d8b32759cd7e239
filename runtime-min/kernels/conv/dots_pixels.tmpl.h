#include "conv/dot_of_four.h"
#include "conv/dot_result.h"

/* Pixels of a convolution whose windows are contiguous:
 *   y[p * y_step + o] = result(sum over k < depth of x[p * x_step + k] * w[o][k])
 * for p < pixels, o < out_c. w is four channels after four, the last four being those up to the last channel; if there are fewer than four, zeros follow. Each four are a block of depth words of weights, from the lowest byte on, and the entry of brn_dot_result, in whose 9th word bit 31 says that no block follows. The block's weights are those of the first depth % 16 values (16, if that is 0), channel after channel, then in the same way of 16 values after 16. Pixels are made two after two: y may lie over what only those before read. */
static inline void brn_@NAME@(const int8_t *x, uint32_t x_step, uint32_t pixels, uint32_t depth, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y, uint32_t y_step)
{
    const uint32_t lanes = s->out_c < 4u ? s->out_c : 4u;
    for (uint32_t first = 0u; first < pixels; first += 2u) {
        const uint32_t *block = w;
        for (uint32_t o = 0u; o < s->out_c; o += 4u) {
            const uint32_t at = o + lanes <= s->out_c ? o : s->out_c - lanes;
            const uint32_t *const entry = block + depth;
            for (uint32_t p = first; p < pixels && p < first + 2u; ++p) {
                for (uint32_t i = 0u; i < lanes; ++i) {
                    const uint32_t acc =
                        brn_dot_of_four(x + (size_t)p * x_step, depth, block, i, entry[i]);
                    y[(size_t)p * y_step + at + i] = (@y.c@)brn_dot_result(acc, entry, i, s);
                }
            }
            block = entry + 9u + 8u * (entry[8] & 0xFFu);
        }
    }
}
