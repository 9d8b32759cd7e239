#include "elementwise/cast/f32_to_bits.h"

/* The bits of v as float16, rounded to nearest even; from 65520 on Inf; NaN stays a quiet NaN. */
static uint16_t brn_f32_to_f16(float v)
{
    const uint32_t bits = brn_f32_to_bits(v);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t size = bits & 0x7fffffffu; /* bits of |v| */
    uint32_t half;
    if (size > 0x7f800000u) {
        half = 0x7e00u | ((size >> 13) & 0x3ffu);
    } else if (size >= 0x477ff000u) { /* 65520 */
        half = 0x7c00u;
    } else if (size >= 0x38800000u) { /* 2^-14, the smallest normal float16: round 13 bits off */
        half = (size - 0x38000000u + 0xfffu + ((size >> 13) & 1u)) >> 13;
    } else if (size >= 0x33000000u) { /* 2^-25, half the smallest subnormal: units of 2^-24 */
        const uint32_t fraction = (size & 0x7fffffu) | 0x800000u;
        const uint32_t shift = 126u - (size >> 23);
        half = (fraction + (1u << (shift - 1u)) - 1u + ((fraction >> shift) & 1u)) >> shift;
    } else {
        half = 0u;
    }
    return (uint16_t)(sign | half);
}
