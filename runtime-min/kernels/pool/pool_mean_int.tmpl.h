#include "quant/clamp.h"
#include "quant/ratio.h"

/* The mean of count quantised elements whose sums are given, as brn_avg_pool_row_@a@_@y@ has it:
 *   s = sums[j] - count * x_zero,  y[j] = clamp(round(s * num / (count * den)) + y_zero, lo, hi)
 * for j < c. The exact quotient is rounded half to even; |s * num| and count * den < 2^62. Source: ONNX GlobalAveragePool-22, row by row. */
static void brn_@NAME@(const int32_t *sums, uint32_t c, uint32_t count, int32_t x_zero, int64_t num, int64_t den, int32_t y_zero, int32_t lo, int32_t hi, @y.c@ *y)
{
    const int32_t zeros = x_zero * (int32_t)count;
    for (uint32_t j = 0u; j < c; ++j) {
        const int32_t average = brn_ratio((sums[j] - zeros) * num, den * (int64_t)count);
        y[j] = (@y.c@)brn_clamp((int64_t)average + y_zero, lo, hi);
    }
}
