#include "conv/always_inline.h"
#include "isa.h"

/* floor((floor(a * a_mult / 2^9) + floor(b * b_mult / 2^9) + offset) / 2^shift), of bytes; 32 bits hold the sum. */
static BRN_ALWAYS_INLINE int32_t brn_sum_high(int32_t a, int32_t a_mult, int32_t b, int32_t b_mult, int32_t offset, uint32_t shift)
{
    const int32_t v = brn_scale_high((uint32_t)(b * 0x800000), b_mult, offset, 0u);
    return brn_scale_high((uint32_t)(a * 0x800000), a_mult, v, shift);
}
