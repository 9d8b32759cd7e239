/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs. */
static void brn_dots_@t@(const @t.c@ *x, const @t.c@ *w, uint32_t w_step, uint32_t n, uint32_t lanes, @t.c@ *acc)
{
    if (lanes == 4u) {
        const @t.c@ *const w1 = w + w_step;
        const @t.c@ *const w2 = w1 + w_step;
        const @t.c@ *const w3 = w2 + w_step;
        @t.c@ acc0 = acc[0];
        @t.c@ acc1 = acc[1];
        @t.c@ acc2 = acc[2];
        @t.c@ acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const @t.c@ v = x[i];
            acc0 += v * w[i];
            acc1 += v * w1[i];
            acc2 += v * w2[i];
            acc3 += v * w3[i];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        acc[j] += brn_dot_@t@(x, w + (size_t)j * w_step, n);
    }
}
