/* The mean of count elements whose sums are given, as brn_avg_pool_row_@t@ has it: y[j] = sums[j] / count for j < c. Source: ONNX GlobalAveragePool-22, row by row. */
static void brn_@NAME@(const @t.c@ *sums, uint32_t c, uint32_t count, @t.c@ *y)
{
    for (uint32_t j = 0u; j < c; ++j) {
        y[j] = sums[j] / (@t.c@)count;
    }
}
