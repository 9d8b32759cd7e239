#include "elementwise/cast/f32_to_bits.h"

/* y[i] = |x[i]| as float8e8m0, the code c of the power of two 2^(c - 127), i < n. Of the powers on
 * both sides the lower for bump 0, the nearer (on a tie the upper) for 0x400000, the upper for
 * 0x7fffff. Below 2^-127 it is `under`, above 2^127 `over` (codes of an end, or 255: NaN); NaN
 * stays NaN. x and y may not overlap. Source: ONNX Cast-25. */
static void brn_cast_f32_f8e8m0(const float *x, uint8_t *y, uint32_t n, uint32_t bump, uint32_t under,
                                uint32_t over)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t size = brn_f32_to_bits(x[i]) & 0x7fffffffu;
        uint32_t code;
        if (size > 0x7f800000u) {
            code = 255u;
        } else if (size < 0x400000u) {
            code = under;
        } else if (size < 0x800000u) { /* from 2^-127 on a float is subnormal: units of 2^-149 */
            code = (size - 0x400000u + bump / 2u) >> 22;
        } else {
            code = (size + bump) >> 23;
            code = code > 254u ? over : code;
        }
        y[i] = (uint8_t)code;
    }
}
