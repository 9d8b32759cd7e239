#include "elementwise/cast/bits_to_f32.h"

/* The value of float8e8m0 `code`: 2^(code - 127), NaN for 255. */
static float brn_f8e8m0_to_f32(uint8_t code)
{
    const uint32_t normal = (uint32_t)code << 23;
    return brn_bits_to_f32(code == 0u ? 0x400000u : code == 255u ? 0x7fc00000u : normal);
}
