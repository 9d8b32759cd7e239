/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. */
static void brn_dots_@t@(const @t.c@ *x, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        const int8_t *const w1 = w + w_step;
        const int8_t *const w2 = w1 + w_step;
        const int8_t *const w3 = w2 + w_step;
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const int32_t v = x[i];
            acc0 += (uint32_t)(v * w[i]);
            acc1 += (uint32_t)(v * w1[i]);
            acc2 += (uint32_t)(v * w2[i]);
            acc3 += (uint32_t)(v * w3[i]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t i = 0u; i < n; ++i) {
            sum += (uint32_t)(x[i] * w[(size_t)j * w_step + i]);
        }
        acc[j] = sum;
    }
}
