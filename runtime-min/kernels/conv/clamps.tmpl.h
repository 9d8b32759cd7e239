#include "conv/channel_scales.h"

/* Whether lo .. hi is less than what @y.c@ holds. */
static int brn_clamps_@y@(const brn_channel_scales *s)
{
    return s->lo > (int32_t)@y.min@ || s->hi < (int32_t)@y.max@;
}
