/* Matrix product: with A[i][d] = a[i * a_row + d * a_col] and B[d][j] = b[d * b_row + j * b_col],
 *   y[i * n + j] = sum over d < k of @FORMULA@
 * for i < m, j < n, modulo 2^@y.bits@. y may not overlap a or b. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @a.c@ *a, uint32_t a_row, uint32_t a_col,@A_ZERO@ const @b.c@ *b, uint32_t b_row, uint32_t b_col,@B_ZERO@ @y.c@ *y, uint32_t m, uint32_t k, uint32_t n)
{
    for (uint32_t i = 0u; i < m; ++i) {
        const @a.c@ *const row = a + (size_t)i * a_row;
        @y.c@ *const out = y + (size_t)i * n;
        for (uint32_t j = 0u; j < n; ++j) {
            @y.m@ acc = 0u;
            for (uint32_t d = 0u; d < k && b_row <= b_col; ++d) { /* down a column of B */
                const @y.m@ u = @U@;
                const @y.m@ v = @V@;
                acc += u * v;
            }
            out[j] = (@y.c@)acc;
        }
        for (uint32_t d = 0u; d < k && b_row > b_col; ++d) { /* along the rows of B */
            const @y.m@ u = @U@;
            for (uint32_t j = 0u; j < n; ++j) {
                const @y.m@ v = @V@;
                out[j] = (@y.c@)((@y.m@)out[j] + u * v);
            }
        }
    }
}
