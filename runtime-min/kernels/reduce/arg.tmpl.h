/* y[0] = the i < n at which x[i * step] is @WHICH@, n >= 1; of equals the first, or the last if select_last isn't 0. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step, int64_t *y, uint32_t select_last)
{
    uint32_t best = 0u;
    for (uint32_t i = 1u; i < n; ++i) {
        const @t.c@ u = x[(size_t)i * step];
        const @t.c@ v = x[(size_t)best * step];
        if (u @OP@ v || (select_last != 0u && u == v)) {
            best = i;
        }
    }
    y[0] = (int64_t)best;
}
