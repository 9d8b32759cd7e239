/* Sum of @FORMULA@ over v = x[i * step], i < n, modulo 2^@t.bits@. */
static @t.c@ brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step)
{
    @t.m@ acc = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        acc += @EXPR@;
    }
    return (@t.c@)acc;
}
