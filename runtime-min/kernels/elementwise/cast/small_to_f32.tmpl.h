#include "elementwise/cast/bits_to_f32.h"

/* The value of @FORMAT@ `code`: 1 sign, @EXPONENT@ exponent (bias @BIAS@), @FRACTION@ fraction bits@SPECIAL@. */
static float brn_@NAME@(uint8_t code)
{
    const uint32_t size = code & @MASK@u;
    const uint32_t sign = (uint32_t)(code & @SIGN@u) << @SHIFT@;@CASE@
    if (size < @LEAST@u) { /* subnormal */
        const float v = (float)size * @UNIT@;
        return sign != 0u ? -v : v;
    }
    return brn_bits_to_f32(sign | ((size << @DROP@) + (@REBIAS@u << 23)));
}
