@INCLUDE@
/* y[0] = @OP@ of x[i * step], i < n; @EMPTY@ if n is 0. @NOTE@ Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step, @t.c@ *y)
{
    @t.c@ acc = @EMPTY@;
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        acc = @EXPR@ ? v : acc;
    }
    y[0] = acc;
}
