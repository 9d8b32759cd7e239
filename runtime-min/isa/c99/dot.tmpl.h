/* Sum of x[i] * w[i], i < n, in four partial sums: four additions are under way at a time. */
static @t.c@ brn_dot_@t@(const @t.c@ *x, const @t.c@ *w, uint32_t n)
{
    @t.c@ acc0 = 0.0@t.f@;
    @t.c@ acc1 = 0.0@t.f@;
    @t.c@ acc2 = 0.0@t.f@;
    @t.c@ acc3 = 0.0@t.f@;
    uint32_t i = 0u;
    for (; n - i >= 4u; i += 4u) {
        acc0 += x[i] * w[i];
        acc1 += x[i + 1u] * w[i + 1u];
        acc2 += x[i + 2u] * w[i + 2u];
        acc3 += x[i + 3u] * w[i + 3u];
    }
    for (; i < n; ++i) {
        acc0 += x[i] * w[i];
    }
    return (acc0 + acc1) + (acc2 + acc3);
}
