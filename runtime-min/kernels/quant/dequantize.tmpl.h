/* y[i] = (x[i] - zero[0]) * scale[0], i < n; zero may be NULL for 0. Source: ONNX DequantizeLinear-21. */
static void brn_@NAME@(const @t.c@ *x, const float *scale, const @t.c@ *zero, float *y, uint32_t n)
{
    const @WIDE@ offset = zero != NULL ? (@WIDE@)zero[0] : 0;
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = (float)(x[i] - offset) * scale[0];
    }
}
