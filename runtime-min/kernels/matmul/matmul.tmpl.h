#include "isa.h"

/* Matrix product: with A[i][d] = a[i * a_row + d * a_col] and B[d][j] = b[d * b_row + j * b_col],
 *   y[i * n + j] = sum over d < k of A[i][d] * B[d][j]
 * for i < m, j < n. y may not overlap a or b. Source: ONNX MatMul-13, Gemm-13. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_row, uint32_t a_col, const @t.c@ *b, uint32_t b_row, uint32_t b_col, @t.c@ *y, uint32_t m, uint32_t k, uint32_t n)
{
    const int dots = a_col == 1u && b_row == 1u; /* rows of A and columns of B are contiguous */
    for (uint32_t i = 0u; i < m; ++i) {
        const @t.c@ *const row = a + (size_t)i * a_row;
        @t.c@ *const out = y + (size_t)i * n;
        for (uint32_t j = 0u; j < n; ++j) {
            out[j] = 0.0@t.f@;
        }
        for (uint32_t j = 0u; j < n && dots; j += 4u) {
            brn_dots_@t@(row, b + (size_t)j * b_col, b_col, k, n - j < 4u ? n - j : 4u, out + j);
        }
        for (uint32_t d = 0u; d < k && !dots; ++d) {
            brn_axpy_@t@(row[(size_t)d * a_col], b + (size_t)d * b_row, b_col, out, n);
        }
    }
}
