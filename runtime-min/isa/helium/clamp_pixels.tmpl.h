/* brn_clamp_pixels_@y@, sixteen values at a time. */
static inline void brn_clamp_pixels_@y@(@y.c@ *y, uint32_t pixels, uint32_t count, uint32_t step, int32_t lo, int32_t hi)
{
    const @V@ least = vdupq_n_@y@((@y.c@)lo);
    const @V@ most = vdupq_n_@y@((@y.c@)hi);
    for (uint32_t p = 0u; p < pixels; ++p, y += step) {
        for (uint32_t i = 0u; i < count; i += 16u) {
            const mve_pred16_t inside = vctp8q(count - i);
            const @V@ v = vldrbq_z_@y@(y + i, inside);
            vstrbq_p_@y@(y + i, vminq_@y@(vmaxq_@y@(v, least), most), inside);
        }
    }
}
