/* y[i] += factor * x[i * x_step], i < n. */
static void brn_axpy_@t@(@t.c@ factor, const @t.c@ *x, uint32_t x_step, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] += factor * x[(size_t)i * x_step];
    }
}
