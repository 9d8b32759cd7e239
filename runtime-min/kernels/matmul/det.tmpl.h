#include <math.h>
#include <string.h>

/* *y = determinant of the n x n matrix x; 1 for n = 0. `work` has room for n * n elements, which are overwritten. Gaussian elimination with partial pivoting. Source: ONNX Det-22. */
static void brn_@NAME@(const @t.c@ *x, @t.c@ *work, @t.c@ *y, uint32_t n)
{
    @t.c@ product = 1.0@t.f@;
    memcpy(work, x, (size_t)n * n * sizeof *x);
    for (uint32_t k = 0u; k < n; ++k) {
        uint32_t pivot = k;
        for (uint32_t i = k + 1u; i < n; ++i) {
            if (fabs@t.f@(work[(size_t)i * n + k]) > fabs@t.f@(work[(size_t)pivot * n + k])) {
                pivot = i;
            }
        }
        @t.c@ *const top = work + (size_t)k * n;
        for (uint32_t j = k; j < n && pivot != k; ++j) {
            const @t.c@ swapped = top[j];
            top[j] = work[(size_t)pivot * n + j];
            work[(size_t)pivot * n + j] = swapped;
        }
        product *= pivot != k ? -top[k] : top[k];
        for (uint32_t i = k + 1u; i < n && fabs@t.f@(top[k]) > 0.0@t.f@; ++i) {
            @t.c@ *const row = work + (size_t)i * n;
            const @t.c@ factor = row[k] / top[k];
            for (uint32_t j = k + 1u; j < n; ++j) {
                row[j] -= factor * top[j];
            }
        }
    }
    *y = product;
}
