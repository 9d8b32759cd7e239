/* Matrix product with weights of bits bits (2, 4 or 8) in blocks:
 *   y[i * n + j] = sum over blocks c of scale[j * blocks + c]
 *                  * sum over d in block c of a[i * k + d] * (w[j][d] - zero[j][c])
 * for i < m, j < n; zero[j][c] is zero[(j * blocks + c) * zero_step]; block c has the block values d from c * block on, the last one those below k. zero_step is 1, or 0 for one zero point. w[j] has blocks rows of row_bytes bytes, which hold the weights from the lowest bits on: block * bits <= 8 * row_bytes. y may not overlap the others. Source: MatMulNBits of com.microsoft. */
static void brn_@NAME@(const @t.c@ *a, const uint8_t *w, const @t.c@ *scale, const @t.c@ *zero, uint32_t zero_step, @t.c@ *y, uint32_t m, uint32_t n, uint32_t k, uint32_t bits, uint32_t block, uint32_t blocks, uint32_t row_bytes)
{
    const uint32_t mask = (1u << bits) - 1u;
    for (uint32_t i = 0u; i < m; ++i) {
        for (uint32_t j = 0u; j < n; ++j) {
            @t.c@ sum = 0.0@t.f@;
            for (uint32_t c = 0u; c < blocks; ++c) {
                const size_t at = (size_t)j * blocks + c;
                const uint8_t *packed = w + at * row_bytes;
                const @t.c@ *const from = a + (size_t)i * k + (size_t)c * block;
                const uint32_t size = k - c * block < block ? k - c * block : block;
                const @t.c@ shift = zero[at * zero_step];
                @t.c@ part = 0.0@t.f@;
                for (uint32_t d = 0u; d < size;) {
                    uint32_t byte = *packed++;
                    for (uint32_t b = 0u; b < 8u && d < size; b += bits, ++d, byte >>= bits) {
                        part += from[d] * ((@t.c@)(byte & mask) - shift);
                    }
                }
                sum += scale[at] * part;
            }
            y[(size_t)i * n + j] = sum;
        }
    }
}
