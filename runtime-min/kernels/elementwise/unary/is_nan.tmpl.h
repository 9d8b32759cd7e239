/* y[i] = 1 if x[i] is NaN, else 0; i < n. Source: ONNX IsNaN-13. */
static void brn_@NAME@(const @t.c@ *x, uint8_t *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = (uint8_t)(x[i] != x[i]);
    }
}
