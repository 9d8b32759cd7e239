#include "elementwise/cast/f32_to_bits.h"

/* The upper half of the bits of v, rounded to nearest even; NaN stays a quiet NaN. */
static uint16_t brn_f32_to_bf16(float v)
{
    const uint32_t bits = brn_f32_to_bits(v);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (uint16_t)((bits >> 16) | 0x40u);
    }
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}
