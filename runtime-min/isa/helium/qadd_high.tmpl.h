#include "quant/clamp_32.h"
#include "quant/sum_high.h"

/* Four results of brn_qadd_high_@t@, not yet clamped, of values times 2^23. */
static inline int32x4_t brn_sums_high_@t@(int32x4_t a, int32x4_t b, int32x4_t a_mult, int32x4_t b_mult, int32_t offset, int32_t shift)
{
    const int32x4_t sums = vaddq_s32(vmulhq_s32(a, a_mult), vmulhq_s32(b, b_mult));
    return vshlq_r_s32(vaddq_n_s32(sums, offset), -shift);
}

/* brn_qadd_high_@t@, sixteen at a time. */
static void brn_qadd_high_@t@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_mult, int32_t b_mult, int32_t offset, uint32_t shift, int32_t lo, int32_t hi)
{
    const int32x4_t a_mults = vdupq_n_s32(a_mult);
    const int32x4_t b_mults = vdupq_n_s32(b_mult);
    const int32_t right = (int32_t)shift;
    if (a_step != 1u || b_step != 1u) {
        for (; n != 0u; --n, a += a_step, b += b_step, ++y) {
            const int32_t s = brn_sum_high(a[0], a_mult, b[0], b_mult, offset, shift);
            y[0] = (@t.c@)brn_clamp_32(s, lo, hi);
        }
        return;
    }
    for (int32_t left = (int32_t)n; left > 0; left -= 16, a += 16, b += 16, y += 16) {
        const mve_pred16_t inside = vctp8q((uint32_t)left);
        const @V@ a16 = vldrbq_z_@t@(a, inside);
        const @V@ b16 = vldrbq_z_@t@(b, inside);
        const int16x8_t a_even = @WIDE@vshllbq_n_@t@(a16, 7);
        const int16x8_t a_odd = @WIDE@vshlltq_n_@t@(a16, 7);
        const int16x8_t b_even = @WIDE@vshllbq_n_@t@(b16, 7);
        const int16x8_t b_odd = @WIDE@vshlltq_n_@t@(b16, 7);
        int16x8_t even = vdupq_n_s16(0);
        int16x8_t odd = even;
        even = vqmovnbq_s32(even, brn_sums_high_@t@(vshllbq_n_s16(a_even, 16),
                                                  vshllbq_n_s16(b_even, 16), a_mults,
                                                  b_mults, offset, right));
        even = vqmovntq_s32(even, brn_sums_high_@t@(vshlltq_n_s16(a_even, 16),
                                                  vshlltq_n_s16(b_even, 16), a_mults,
                                                  b_mults, offset, right));
        odd = vqmovnbq_s32(odd, brn_sums_high_@t@(vshllbq_n_s16(a_odd, 16),
                                                  vshllbq_n_s16(b_odd, 16), a_mults,
                                                  b_mults, offset, right));
        odd = vqmovntq_s32(odd, brn_sums_high_@t@(vshlltq_n_s16(a_odd, 16),
                                                  vshlltq_n_s16(b_odd, 16), a_mults,
                                                  b_mults, offset, right));
        @V@ y16 = vdupq_n_@t@(0);
        y16 = @NARROW@tq_s16(@NARROW@bq_s16(y16, even), odd);
        y16 = vminq_@t@(vmaxq_@t@(y16, vdupq_n_@t@((@t.c@)lo)), vdupq_n_@t@((@t.c@)hi));
        vstrbq_p_@t@(y, y16, inside);
    }
}
