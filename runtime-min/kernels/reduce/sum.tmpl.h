@INCLUDE@
/* Sum of @FORMULA@ over v = x[i * step], i < n, in four partial sums: quicker, and closer to the true sum, than one. */
static @t.c@ brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step)
{
    @t.c@ acc[4] = {0.0@t.f@, 0.0@t.f@, 0.0@t.f@, 0.0@t.f@};
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        acc[i % 4u] += @EXPR@;
    }
    return (acc[0] + acc[1]) + (acc[2] + acc[3]);
}
