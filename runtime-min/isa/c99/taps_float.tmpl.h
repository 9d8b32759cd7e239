/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels. */
static void brn_taps_@t@(const @t.c@ *x, uint32_t x_step, const @t.c@ *w, uint32_t w_step, uint32_t n, uint32_t lanes, @t.c@ *acc)
{
    if (lanes == 4u) {
        @t.c@ acc0 = acc[0];
        @t.c@ acc1 = acc[1];
        @t.c@ acc2 = acc[2];
        @t.c@ acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += x[0] * w[0];
            acc1 += x[1] * w[1];
            acc2 += x[2] * w[2];
            acc3 += x[3] * w[3];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        @t.c@ sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j];
        }
        acc[j] = sum;
    }
}
