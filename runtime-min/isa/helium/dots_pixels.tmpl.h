#include "conv/dot_scales.h"
#include "conv/clamp_pixels_@y@.h"
#include "packed/noinline.h"

/* brn_dots_pixels_@y@ of pixels, one after the other, four channels at a time, by intrinsics. */
static void brn_dots_each_@y@(const int8_t *x, uint32_t x_step, uint32_t pixels, uint32_t depth, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y, uint32_t y_step)
{
    const uint32_t lanes = s->out_c < 4u ? s->out_c : 4u;
    for (uint32_t p = 0u; p < pixels; ++p, x += x_step, y += y_step) {
        const uint32_t *block = w;
        for (uint32_t o = 0u; o < s->out_c; o += 4u) {
            const uint32_t *const entry = block + depth;
            const int8_t *u = (const int8_t *)block;
            int32x4_t sums = vldrwq_s32((const int32_t *)entry);
            int32_t sum[4] = {0, 0, 0, 0};
            uint32_t run = (depth - 1u) % 16u + 1u;
            for (uint32_t k = 0u; k < depth; k += run, run = 16u) {
                const int8x16_t values = vldrbq_z_s8(x + k, vctp8q(run));
                for (uint32_t i = 0u; i < 4u; ++i, u += run) {
                    sum[i] = vmladavaq_s8(sum[i], values, vldrbq_s8(u));
                }
            }
            sums = vaddq_s32(sums, vldrwq_s32(sum));
            sums = brn_dot_block_results(sums, entry, s);
            vstrbq_p_@STORE@(y + (o + lanes <= s->out_c ? o : s->out_c - lanes), @CAST@sums,
                         vctp32q(lanes));
            block = entry + 9u + 8u * (entry[8] & 0xFFu);
        }
    }
}

/* brn_dots_pixels_@y@: pixels two after two in assembly, where it can: its jumps have no landing pads for branch target identification. */
static void brn_dots_pixels_@y@(const int8_t *x, uint32_t x_step, uint32_t pixels, uint32_t depth, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y, uint32_t y_step)
{
#if defined(__GNUC__) && defined(__OPTIMIZE__) && !defined(__ARM_FEATURE_BTI_DEFAULT)
    if (s->shift == 2u && s->out_c >= 4u && y_step < 0xFFF0u) {
        const uint32_t last = pixels - 1u;
        if (last != 0u) {
            brn_dots_tiles2_@y@(x, x_step, pixels / 2u, depth, w, s, y, y_step);
        }
        if (pixels % 2u != 0u) {
            brn_dots_tiles1_@y@(x + (size_t)last * x_step, x_step, 1u, depth, w, s,
                               y + (size_t)last * y_step, y_step);
        }
        if (s->lo > (int32_t)@y.min@ || s->hi < (int32_t)@y.max@) {
            brn_clamp_pixels_@y@(y, pixels, s->out_c, y_step, s->lo, s->hi);
        }
        return;
    }
#endif
    brn_dots_each_@y@(x, x_step, pixels, depth, w, s, y, y_step);
}
