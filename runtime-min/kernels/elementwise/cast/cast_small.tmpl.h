#include "elementwise/cast/f32_to_bits.h"
#include "elementwise/cast/round_to_code.h"

/* y[i] = x[i] as @FORMAT@, i < n. Rounds to nearest, ties to even; @OVERFLOW@;
 * @NAN@.
 * x and y may not overlap. Source: ONNX Cast-25. */
static void brn_@NAME@(const float *x, uint8_t *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t bits = brn_f32_to_bits(x[i]);
        const uint32_t size = bits & 0x7fffffffu;
        const uint32_t sign = (bits >> 31) << @SIGN@;
        if (size > 0x7f800000u) {
            y[i] = (uint8_t)(@NANCODE@);
            continue;
        }
        const uint32_t code = brn_round_to_code(size, @FRACTION@u, @BIAS@u);
        y[i] = (uint8_t)(@CODE@);
    }
}
