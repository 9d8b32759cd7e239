#include "elementwise/cast/bits_to_f32.h"

/* The value of a float16 (1 sign, 5 exponent, 10 fraction bits). A subnormal is fraction * 2^-24. */
static float brn_f16_to_f32(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    const uint32_t exponent = (half >> 10) & 31u; /* biased by 15, where a float's is by 127 */
    const uint32_t fraction = half & 0x3ffu;
    if (exponent == 0u) {
        const float v = (float)fraction * 5.9604644775390625e-8f;
        return sign != 0u ? -v : v;
    }
    const uint32_t biased = exponent == 31u ? 255u : exponent + 112u;
    return brn_bits_to_f32(sign | biased << 23 | fraction << 13);
}
