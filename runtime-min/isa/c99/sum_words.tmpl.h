/* Sum of x[i], i < n, modulo 2^32: exact for n <= 2^15. */
static int32_t brn_sum_@t@(const @t.c@ *x, uint32_t n)
{
    uint32_t acc = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t v = x[i];
        acc += (uint32_t)v;
    }
    return (int32_t)acc;
}
