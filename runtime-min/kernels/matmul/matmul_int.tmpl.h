/* y[i][j] = sum over d < k of @FORMULA@, i < m, j < n, modulo 2^@y.bits@, where A[i][d] = a[i * a_row + d * a_col] and B[d][j] = b[d * b_row + j * b_col]; y is contiguous and overlaps neither. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @a.c@ *a, uint32_t a_row, uint32_t a_col,@A_ZERO@ const @b.c@ *b, uint32_t b_row, uint32_t b_col,@B_ZERO@ @y.c@ *y, uint32_t m, uint32_t k, uint32_t n)
{
    for (uint32_t i = 0u; i < m; ++i) {
        @y.c@ *const out = y + (size_t)i * n;
        for (uint32_t j = 0u; j < n; ++j) {
            out[j] = 0;
        }
        for (uint32_t d = 0u; d < k; ++d) {
            const @y.m@ u = @U@;
            const @b.c@ *const row = b + (size_t)d * b_row;
            for (uint32_t j = 0u; j < n; ++j) {
                const @y.m@ v = @V@;
                out[j] = (@y.c@)((@y.m@)out[j] + u * v);
            }
        }
    }
}
