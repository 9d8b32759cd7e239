#include <stddef.h>

/* Whether row i of the matrix x [n, m] comes before row j: lexicographically, NaN after all numbers; equal rows by their numbers if by_index isn't 0. Source: ONNX Unique-11. */
static int brn_@NAME@(const @t.c@ *x, uint32_t m, int64_t i, int64_t j, int by_index)
{
    for (uint32_t k = 0u; k < m; ++k) {
        const @t.c@ u = x[(size_t)i * m + k];
        const @t.c@ v = x[(size_t)j * m + k];
        const int u_is_nan = @UNAN@;
        const int v_is_nan = @VNAN@;
        if (u < v || (v_is_nan && !u_is_nan)) {
            return 1;
        }
        if (v < u || (u_is_nan && !v_is_nan)) {
            return 0;
        }
    }
    return by_index != 0 && i < j ? 1 : 0;
}
