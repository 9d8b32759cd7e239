#include "conv/always_inline.h"

/* s / 24, of a multiple of 24: 0xAAAAAAAB is the inverse of 3 modulo 2^32. */
static BRN_ALWAYS_INLINE uint32_t brn_winograd_24th(uint32_t s)
{
    return (uint32_t)((int32_t)s >> 3) * 0xAAAAAAABu;
}
