#include "quant/@R@.h"

/* Rescales sums to 8 bits:
 *   y[i] = clamp(@SCALE@(acc[i], mult[i * step], shift[i * step]) + y_zero, lo, hi)
 * for i < n: step 0 for one scale, 1 for one per element. lo and hi lie in the range of @t.c@. Source: ONNX QLinearMatMul-21 after its sums; see @SCALE@ for the rounding. */
static void brn_@NAME@(const int32_t *acc, const int32_t *mult, const uint8_t *shift, uint32_t step, int32_t y_zero, int32_t lo, int32_t hi, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const size_t at = (size_t)i * step;
        y[i] = (@t.c@)brn_@R@(acc[i], mult[at], shift[at], y_zero, lo, hi);
    }
}
