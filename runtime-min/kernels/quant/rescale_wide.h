#include "quant/rescale.h"

/* clamp(round(acc * mult * 2^-shift) + zero, lo, hi), rounded half to even; |acc| < 2^61, mult >= 2^30 where shift <= 32, 0 <= mult, 1 <= shift <= 62; lo, hi and zero have less than 28 bits. */
static int32_t brn_rescale_wide(int64_t acc, int32_t mult, uint8_t shift, int32_t zero, int32_t lo, int32_t hi)
{
    const int64_t low = (int64_t)((uint64_t)acc & 0xffffffffu) * mult;
    int64_t product;
    if (acc >= INT32_MIN && acc <= INT32_MAX) {
        return brn_rescale((int32_t)acc, mult, shift, zero, lo, hi);
    }
    if (shift <= 32u) { /* beyond 2^28 */
        return acc < 0 ? lo : hi;
    }
    /* acc * mult * 2^-31. Its last bit stands for all that are cut off: they only break ties. */
    product = (acc >> 32) * mult + (low >> 32);
    product = product * 2 + (((uint64_t)low & 0xffffffffu) != 0u ? 1 : 0);
    return brn_clamp(brn_round_shift(product, shift - 31u) + zero, lo, hi);
}
