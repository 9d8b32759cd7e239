/* Sum of @FORMULA@ over v = x[i * step], i < n, in double. */
static double brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step)
{
    double acc = 0.0;
    for (uint32_t i = 0u; i < n; ++i) {
        const double v = (double)x[(size_t)i * step];
        acc += @EXPR@;
    }
    return acc;
}
