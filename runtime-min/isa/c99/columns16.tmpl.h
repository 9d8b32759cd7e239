/* acc[j] += sum over k < n of (x[k] - x_zero) * w[k][j], j < 16, modulo 2^32. Byte j % 4, from the lowest on, of w[4 * k + j / 4] is weight j of column k. Columns of inputs that are x_zero are skipped. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, int32_t x_zero, const uint32_t *w, uint32_t *acc)
{
    for (uint32_t k = 0u; k < n; ++k, w += 4) {
        const int32_t value = x[k] - x_zero;
        for (uint32_t j = 0u; value != 0 && j < 16u; ++j) {
            acc[j] += (uint32_t)(value * (int8_t)(w[j / 4u] >> 8u * (j & 3u) & 0xFFu));
        }
    }
}
