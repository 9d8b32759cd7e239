/* acc[c] += sum over i < n of x[i] times weight i of channel c, c < 2, modulo 2^32: brn_pairs of values that are still bytes. Weights of n values, rounded up to a multiple of 4, are there. */
static void brn_bytes2_@t@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t *acc)
{
    uint32_t panel[2];
    for (; n != 0u; w += 2) {
        const uint32_t count = n < 4u ? n : 4u;
        brn_widen_@t@(x, count, 1u, panel);
        brn_pairs1(panel, w, 1u, acc);
        x += count;
        n -= count;
    }
}
