@INCLUDE@
/* y[i] = @FORMULA@, where u = a[i * a_step], v = b[i * b_step], i < n.
 * @NOTE@ y may equal an input of step 1. Source: @ONNX@. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ u = a[(size_t)i * a_step];
        const @t.c@ v = b[(size_t)i * b_step];
        y[i] = @EXPR@;
    }
}
