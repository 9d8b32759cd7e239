#include "quant/requant_float.h"
#include "quant/round_shift.h"

/* acc * mult * 2^-shift rounded half to even, 1 <= shift <= 62; the compiler chose mult and shift so that the result is that of float arithmetic, and fits int32, for every acc that can occur. Where no such pair exists, shift is 255 and mult holds the bits of the float scale itself. */
static int32_t brn_requant(int32_t acc, int32_t mult, uint8_t shift)
{
    if (shift == 255u) {
        return brn_requant_float(acc, (uint32_t)mult);
    }
    return (int32_t)brn_round_shift((int64_t)acc * mult, shift);
}
