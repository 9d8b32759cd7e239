#include "quant/round_bits.h"

/* v rounded to 24 significant bits, half to even, as float arithmetic rounds; |v| < 2^62. */
static int64_t brn_round_float(int64_t v)
{
    uint64_t magnitude = v < 0 ? 0u - (uint64_t)v : (uint64_t)v;
    uint32_t drop = 0u;
    while ((magnitude >> drop) >= 0x1000000u) {
        ++drop;
    }
    magnitude = brn_round_bits(magnitude, drop) << drop;
    return v < 0 ? -(int64_t)magnitude : (int64_t)magnitude;
}
