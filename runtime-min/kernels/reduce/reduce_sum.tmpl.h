@INCLUDE@
/* y[0] = @FORMULA@, i < n; @EMPTY@ if n is 0. @NOTE@ Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step, @t.c@ *y)
{
    y[0] = @EXPR@;
}
