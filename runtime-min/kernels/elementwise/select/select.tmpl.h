/* y[i] = c[i * c_step] is not 0 ? a[i * a_step] : b[i * b_step], i < n, for any type of @t@ bits.
 * y may equal a or b of step 1. Source: ONNX Where-16. */
static void brn_@NAME@(const uint8_t *c, uint32_t c_step, const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = c[(size_t)i * c_step] != 0u ? a[(size_t)i * a_step] : b[(size_t)i * b_step];
    }
}
