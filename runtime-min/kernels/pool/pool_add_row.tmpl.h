/* Adds a row to the sums of a pool over a whole image: sums[j] = (row is 0 ? 0 : sums[j]) + sum over t < in_w of x[t * c + j], for j < c. Rows come in order; the sums stay in @s.c@. Source: ONNX GlobalAveragePool-22, row by row. */
static void brn_@NAME@(const @t.c@ *x, uint32_t in_w, uint32_t c, uint32_t row, @s.c@ *sums)
{
    for (uint32_t j = 0u; j < c && row == 0u; ++j) {
        sums[j] = 0;
    }
    for (uint32_t t = 0u; t < in_w; ++t) {
        for (uint32_t j = 0u; j < c; ++j) {
            sums[j] += x[(size_t)t * c + j];
        }
    }
}
