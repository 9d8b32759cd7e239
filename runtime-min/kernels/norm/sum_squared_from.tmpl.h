/* Sum of (x[i] - center)^2, i < n, in four partial sums. */
static @t.c@ brn_@NAME@(const @t.c@ *x, uint32_t n, @t.c@ center)
{
    @t.c@ acc[4] = {0.0@t.f@, 0.0@t.f@, 0.0@t.f@, 0.0@t.f@};
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[i] - center;
        acc[i % 4u] += v * v;
    }
    return (acc[0] + acc[1]) + (acc[2] + acc[3]);
}
