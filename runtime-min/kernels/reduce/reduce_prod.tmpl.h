/* y[0] = product of x[i * step], i < n; 1 if n is 0. @NOTE@ Source: ONNX ReduceProd-18. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step, @t.c@ *y)
{
    @ACC@ acc = 1;
    for (uint32_t i = 0u; i < n; ++i) {
        acc *= (@ACC@)x[(size_t)i * step];
    }
    y[0] = (@t.c@)acc;
}
