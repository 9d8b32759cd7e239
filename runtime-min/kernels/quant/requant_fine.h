#include "quant/round_shift.h"

/* (acc * mult + offset) * 2^-shift rounded half to even, + zero, brought into lo .. hi; 1 <= shift <= 62. The offset is a part of a bias that is smaller than a step of acc; the compiler chose the constants so that the result is that of real numbers for every acc that can occur. */
static int32_t brn_requant_fine(int32_t acc, int32_t mult, uint8_t shift, int32_t offset, int32_t zero, int32_t lo, int32_t hi)
{
    const int64_t v = brn_round_shift((int64_t)acc * mult + offset, shift) + zero;
    return v < lo ? lo : (v > hi ? hi : (int32_t)v);
}
