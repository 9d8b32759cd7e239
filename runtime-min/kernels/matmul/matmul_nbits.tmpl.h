/* Matrix product with weights of bits bits (2, 4 or 8) in blocks:
 *   y[i * n + j] = sum over blocks c of scale[j * blocks + c]
 *                  * sum over d in block c of a[i * k + d] * (w[j][d] - zero[j * blocks + c])
 * for i < m, j < n; block c has the block values d from c * block on, the last one those below k. w[j] has blocks rows of row_bytes bytes, which hold the weights from the lowest bits on: block * bits <= 8 * row_bytes. y may not overlap the others. Source: MatMulNBits of com.microsoft. */
static void brn_@NAME@(const @t.c@ *a, const uint8_t *w, const @t.c@ *scale, const @t.c@ *zero, @t.c@ *y, uint32_t m, uint32_t n, uint32_t k, uint32_t bits, uint32_t block, uint32_t blocks, uint32_t row_bytes)
{
    const uint32_t mask = (1u << bits) - 1u;
    const uint32_t per_byte = 8u / bits;
    for (uint32_t i = 0u; i < m; ++i) {
        const @t.c@ *const row = a + (size_t)i * k;
        for (uint32_t j = 0u; j < n; ++j) {
            @t.c@ sum = 0.0@t.f@;
            for (uint32_t c = 0u; c < blocks; ++c) {
                const size_t at = (size_t)j * blocks + c;
                const uint8_t *const packed = w + at * row_bytes;
                const uint32_t first = c * block;
                const uint32_t size = k - first < block ? k - first : block;
                @t.c@ part = 0.0@t.f@;
                for (uint32_t d = 0u; d < size; ++d) {
                    const uint32_t q = (packed[d / per_byte] >> (d % per_byte * bits)) & mask;
                    part += row[first + d] * ((@t.c@)q - zero[at]);
                }
                sum += scale[at] * part;
            }
            y[(size_t)i * n + j] = sum;
        }
    }
}
