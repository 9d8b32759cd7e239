/* acc[4 * p + j] += sum over i < n of x[p * next + i] * w[j * w_step + i], p < 2, j < 4: n inputs of two pixels into four neighbouring outputs of each. */
static void brn_tile_@t@(const @t.c@ *x, uint32_t next, const @t.c@ *w, uint32_t w_step, uint32_t n, @t.c@ *acc)
{
    const @t.c@ *const x1 = x + next;
    const @t.c@ *const w1 = w + w_step;
    const @t.c@ *const w2 = w1 + w_step;
    const @t.c@ *const w3 = w2 + w_step;
    @t.c@ acc0 = acc[0];
    @t.c@ acc1 = acc[1];
    @t.c@ acc2 = acc[2];
    @t.c@ acc3 = acc[3];
    @t.c@ acc4 = acc[4];
    @t.c@ acc5 = acc[5];
    @t.c@ acc6 = acc[6];
    @t.c@ acc7 = acc[7];
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ u = x[i];
        const @t.c@ v = x1[i];
        acc0 += u * w[i];
        acc4 += v * w[i];
        acc1 += u * w1[i];
        acc5 += v * w1[i];
        acc2 += u * w2[i];
        acc6 += v * w2[i];
        acc3 += u * w3[i];
        acc7 += v * w3[i];
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
    acc[6] = acc6;
    acc[7] = acc7;
}
