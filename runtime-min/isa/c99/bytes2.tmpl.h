/* acc[c] += sum over i < n of x[i] times weight i of channel c, c < 2, modulo 2^32: brn_pairs of values that are still bytes. Weights of n values, rounded up to a multiple of 4, are there. */
static void brn_bytes2_@t@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t *acc)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t pair = w[i / 4u * 2u + (i & 1u)] >> (i & 2u) * 8u;
        acc[0] += (uint32_t)(x[i] * (int8_t)(pair & 0xFFu));
        acc[1] += (uint32_t)(x[i] * (int8_t)(pair >> 8 & 0xFFu));
    }
}
