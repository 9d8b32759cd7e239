/* Sum of x[i], i < n; n <= 2^23. */
static int32_t brn_sum_@t@(const @t.c@ *x, uint32_t n)
{
    int32_t acc = 0;
    for (uint32_t i = 0u; i < n; ++i) {
        acc += x[i];
    }
    return acc;
}
