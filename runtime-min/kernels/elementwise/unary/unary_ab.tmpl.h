@INCLUDE@
/* y[i] = @FORMULA@, where v = x[i], i < n. @NOTE@
 * y may equal x. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *x, @t.c@ *y, uint32_t n, @t.c@ alpha, @t.c@ beta)
{@UNUSED@
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[i];
        y[i] = @EXPR@;
    }
}
