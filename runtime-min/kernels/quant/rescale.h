#include "quant/clamp.h"
#include "quant/round_shift.h"

/* clamp(round(acc * mult * 2^-shift) + zero, lo, hi), rounded half to even; 0 <= mult, 1 <= shift <= 62. */
static int32_t brn_rescale(int32_t acc, int32_t mult, uint8_t shift, int32_t zero, int32_t lo, int32_t hi)
{
    return brn_clamp(brn_round_shift((int64_t)acc * mult, shift) + zero, lo, hi);
}
