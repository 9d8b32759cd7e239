/* brn_bytes4_@t@: four channels, whose weights are read byte by byte. */
static void brn_bytes4_@t@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    const @t.c@ *const end = x + (n & ~3u);
    const int8_t *v = (const int8_t *)w;
    const int8_t *u = (const int8_t *)(w + step);
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    uint32_t acc2 = acc[2];
    uint32_t acc3 = acc[3];
    for (; x != end; x += 4, v += 8, u += 8) {
        acc0 += (uint32_t)(x[0] * v[0]);
        acc1 += (uint32_t)(x[0] * v[1]);
        acc2 += (uint32_t)(x[0] * u[0]);
        acc3 += (uint32_t)(x[0] * u[1]);
        acc0 += (uint32_t)(x[1] * v[4]);
        acc1 += (uint32_t)(x[1] * v[5]);
        acc2 += (uint32_t)(x[1] * u[4]);
        acc3 += (uint32_t)(x[1] * u[5]);
        acc0 += (uint32_t)(x[2] * v[2]);
        acc1 += (uint32_t)(x[2] * v[3]);
        acc2 += (uint32_t)(x[2] * u[2]);
        acc3 += (uint32_t)(x[2] * u[3]);
        acc0 += (uint32_t)(x[3] * v[6]);
        acc1 += (uint32_t)(x[3] * v[7]);
        acc2 += (uint32_t)(x[3] * u[6]);
        acc3 += (uint32_t)(x[3] * u[7]);
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    if ((n & 3u) != 0u) {
        const uint32_t done = (n & ~3u) / 2u;
        brn_bytes2_@t@(x, n & 3u, w + done, acc);
        brn_bytes2_@t@(x, n & 3u, w + step + done, acc + 2);
    }
}
