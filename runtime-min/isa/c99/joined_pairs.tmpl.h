/* acc[2 * p + c] += sum over k < 4 * quads of value k of pixel p times weight k of channel c, p < @SIZE@, c < 2, modulo 2^32. Two pixels share a word of the panel, so that one multiplication can serve both: panel[@WORDS@ * k + j] is value k of pixel 2 * j plus 65536 times that of pixel 2 * j + 1, if there is one, values being those of int8_t. Byte k % 4, from the lowest on, of w[c * quads + k / 4] is weight k of channel c; weights 2 * i and 2 * i + 1 may not both be -128, so that the sum of two products fits 16 bits. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    for (uint32_t k = 0u; k < 4u * quads; ++k, panel += @WORDS@) {
        const int32_t w0 = (int8_t)(w[k / 4u] >> 8u * (k & 3u) & 0xFFu);
        const int32_t w1 = (int8_t)(w[quads + k / 4u] >> 8u * (k & 3u) & 0xFFu);
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
