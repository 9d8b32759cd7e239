#include "conv/dot_scales.h"

/* brn_depthwise_taps_@a@_@y@ by intrinsics: two taps are added in 16 bits, then widened. */
static void brn_depthwise_taps_@a@_@y@(const @a.c@ *const *taps, uint32_t count, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y)
{
    const uint32_t lanes = s->out_c < 16u ? s->out_c : 16u;
    const mve_pred16_t inside = vctp8q(lanes);
    for (uint32_t o = 0u; o < s->out_c; o += 16u) {
        const uint32_t at = o + lanes <= s->out_c ? o : s->out_c - lanes;
        const int8_t *v = (const int8_t *)w;
        const uint32_t *const entry = w + 4u * count;
        const uint32_t exceptions = entry[32] & 0xFFFFu;
        int32x4_t sum0 = vldrwq_s32((const int32_t *)entry);
        int32x4_t sum1 = vldrwq_s32((const int32_t *)entry + 4);
        int32x4_t sum2 = vldrwq_s32((const int32_t *)entry + 8);
        int32x4_t sum3 = vldrwq_s32((const int32_t *)entry + 12);
        for (uint32_t t = 0u; t < count; t += 2u, v += 32) {
            int8x16_t x = brn_values_inside_@a@(taps[t] + at, inside);
            int8x16_t u = vldrbq_s8(v);
            int16x8_t even = vmullbq_int_s8(x, u);
            int16x8_t odd = vmulltq_int_s8(x, u);
            if (t + 1u < count) {
                x = brn_values_inside_@a@(taps[t + 1u] + at, inside);
                u = vldrbq_s8(v + 16);
                even = vaddq_s16(even, vmullbq_int_s8(x, u));
                odd = vaddq_s16(odd, vmulltq_int_s8(x, u));
            }
            sum0 = vaddq_s32(sum0, vmovlbq_s16(even));
            sum1 = vaddq_s32(sum1, vmovltq_s16(even));
            sum2 = vaddq_s32(sum2, vmovlbq_s16(odd));
            sum3 = vaddq_s32(sum3, vmovltq_s16(odd));
        }
        int16x8_t even = vdupq_n_s16(0);
        int16x8_t odd = even;
        even = vmovnbq_s32(even, brn_dot_results(sum0, entry + 16, s));
        even = vmovntq_s32(even, brn_dot_results(sum1, entry + 20, s));
        odd = vmovnbq_s32(odd, brn_dot_results(sum2, entry + 24, s));
        odd = vmovntq_s32(odd, brn_dot_results(sum3, entry + 28, s));
        const int8x16_t all = vmovntq_s16(vmovnbq_s16(vdupq_n_s8(0), even), odd);
        vstrbq_p_@y@(y + at, @CAST@all, inside);
        if (exceptions != 0u) {
            uint32_t sums[16];
            vstrwq_u32(sums, (uint32x4_t)sum0);
            vstrwq_u32(sums + 4, (uint32x4_t)sum1);
            vstrwq_u32(sums + 8, (uint32x4_t)sum2);
            vstrwq_u32(sums + 12, (uint32x4_t)sum3);
            for (const uint32_t *e = entry + 33u; e != entry + 33u + 2u * exceptions; e += 2) {
                const uint32_t channel = e[0] >> 8 & 15u;
                if (sums[(e[0] & 0xFFu) / 4u] == e[1] && channel < lanes) {
                    y[at + channel] = (@y.c@)((int32_t)e[0] >> 16);
                }
            }
        }
        w = entry + 33u + 2u * exceptions;
    }
}
