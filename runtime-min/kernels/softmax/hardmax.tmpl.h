/* y[i * step] = 1 at the first i < n at which x[i * step] is largest, else 0. y may equal x. Source: ONNX Hardmax-13. */
static void brn_@NAME@(const @t.c@ *x, @t.c@ *y, uint32_t n, uint32_t step)
{
    uint32_t best = 0u;
    for (uint32_t i = 1u; i < n; ++i) {
        if (x[(size_t)i * step] > x[(size_t)best * step]) {
            best = i;
        }
    }
    for (uint32_t i = 0u; i < n; ++i) {
        y[(size_t)i * step] = i == best ? 1.0@t.f@ : 0.0@t.f@;
    }
}
