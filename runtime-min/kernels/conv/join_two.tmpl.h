/* n values of two pixels, @THOSE@ at x and at y, in every step-th word of a panel of joined pixels. */
static inline void brn_@NAME@(const @t.c@ *x, const @t.c@ *y, uint32_t n, uint32_t step, uint32_t *panel)
{
    for (; n > 3u; n -= 4u, x += 4, y += 4, panel += 4u * step) {
        panel[0] = (uint32_t)(x[0]@BIAS@) + ((uint32_t)(y[0]@BIAS@) << 16);
        panel[step] = (uint32_t)(x[1]@BIAS@) + ((uint32_t)(y[1]@BIAS@) << 16);
        panel[2u * step] = (uint32_t)(x[2]@BIAS@) + ((uint32_t)(y[2]@BIAS@) << 16);
        panel[3u * step] = (uint32_t)(x[3]@BIAS@) + ((uint32_t)(y[3]@BIAS@) << 16);
    }
    for (; n != 0u; --n, ++x, ++y, panel += step) {
        *panel = (uint32_t)(*x@BIAS@) + ((uint32_t)(*y@BIAS@) << 16);
    }
}
