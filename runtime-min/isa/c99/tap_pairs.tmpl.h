/* acc[i] += sum over t < 2 * pairs of taps[t][at + i] times weight t of channel i, i < 4, modulo 2^32. Of pair p of the taps, bytes 0, 1 of word 2 * p of w are the weights of the first tap for channels 0, 1, bytes 2, 3 those of the second; word 2 * p + 1 has channels 2, 3. */
static void brn_@NAME@(const @a.c@ *const *taps, uint32_t at, uint32_t pairs, const uint32_t *w, uint32_t *acc)
{
    for (uint32_t t = 0u; t < 2u * pairs; ++t) {
        const @a.c@ *const x = taps[t] + at;
        for (uint32_t i = 0u; i < 4u; ++i) {
            const uint32_t byte = w[(t & ~1u) + i / 2u] >> (16u * (t & 1u) + 8u * (i & 1u)) & 0xFFu;
            acc[i] += (uint32_t)(x[i] * ((int32_t)(byte ^ 0x80u) - 128));
        }
    }
}
