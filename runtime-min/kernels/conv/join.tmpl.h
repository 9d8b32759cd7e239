/* n values of a pixel, @THOSE@ at x, or all fill where x is NULL, as one half of every step-th word of a panel of joined pixels: set for shift 0, added for shift 16. See brn_joined_pairs2. */
static inline void brn_@NAME@(const @t.c@ *x, uint32_t n, int32_t fill, uint32_t shift, uint32_t step, uint32_t *panel)
{
    for (uint32_t i = 0u; i < n; ++i, panel += step) {
        const int32_t value = x != NULL ? x[i]@BIAS@ : fill;
        *panel = (shift != 0u ? *panel : 0u) + ((uint32_t)value << shift);
    }
}
