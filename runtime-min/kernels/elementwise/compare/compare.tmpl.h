/* y[i] = 1 if a[i * a_step] @OP@ b[i * b_step], else 0; i < n. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, uint8_t *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = (uint8_t)(a[(size_t)i * a_step] @OP@ b[(size_t)i * b_step]);
    }
}
