/* acc[2 * p + c] += sum over k < 4 * quads of value k of pixel p times weight k of channel c, p < @SIZE@, c < 2, modulo 2^32. Two pixels share a word of the panel, so that one multiplication can serve both: panel[@WORDS@ * k + j] is value k of pixel 2 * j plus 65536 times that of pixel 2 * j + 1, if there is one, values being those of int8_t. w begins with ceil(quads / 32) words of which bit 31 - q % 32 of word q / 32 is set where, of either channel, four weights 4 * q .. 4 * q + 3 have more than 255 as their absolute sum, so that the sum of their products may not fit 16 bits; that of two, 2 * i and 2 * i + 1, always fits: they aren't both -128. Byte k % 4, from the lowest on, of word 2 * (k / 4) + c behind that is weight k of channel c. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    w += (quads + 31u) / 32u;
    for (uint32_t k = 0u; k < 4u * quads; ++k, panel += @WORDS@) {
        const int32_t w0 = (int8_t)(w[k / 4u * 2u] >> 8u * (k & 3u) & 0xFFu);
        const int32_t w1 = (int8_t)(w[k / 4u * 2u + 1u] >> 8u * (k & 3u) & 0xFFu);
        for (uint32_t p = 0u; p < @SIZE@u; ++p) {
            const uint32_t word = panel[p / 2u];
            const int32_t low = (int16_t)(word & 0xFFFFu);
            const int32_t high = (int16_t)((word - (uint32_t)low) >> 16);
            const int32_t x = (p & 1u) == 0u ? low : high;
            acc[2u * p] += (uint32_t)(x * w0);
            acc[2u * p + 1u] += (uint32_t)(x * w1);
        }
    }
}
