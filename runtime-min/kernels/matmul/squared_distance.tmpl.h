/* Squared Euclidean distances between rows: y[i * n + j] = sum over d < k of (a[i * k + d] - b[j * k + d])^2 for i < m, j < n. y may not overlap a or b. Source: the RBF kernel of ONNX ai.onnx.ml SVMRegressor-1. */
static void brn_@NAME@(const @t.c@ *a, const @t.c@ *b, @t.c@ *y, uint32_t m, uint32_t n, uint32_t k)
{
    for (uint32_t i = 0u; i < m; ++i) {
        for (uint32_t j = 0u; j < n; ++j) {
            const @t.c@ *const p = a + (size_t)i * k;
            const @t.c@ *const q = b + (size_t)j * k;
            @t.c@ sum = 0.0@t.f@;
            for (uint32_t d = 0u; d < k; ++d) {
                const @t.c@ u = p[d] - q[d];
                sum += u * u;
            }
            y[(size_t)i * n + j] = sum;
        }
    }
}
