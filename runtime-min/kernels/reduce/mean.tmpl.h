/* Mean of x[i * step], i < n, rounded to zero; 0 if n is 0.@NOTE@ */
static @t.c@ brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step)
{
    @SUM@ sum = 0;
    for (uint32_t i = 0u; i < n; ++i) {
        sum += (@SUM@)x[(size_t)i * step];
    }
    return n == 0u ? 0 : (@t.c@)(@QUOTIENT@);
}
