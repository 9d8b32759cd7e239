#include "elementwise/binary/remainder_@t@.h"

/* u - floor(u / v) * v, the remainder with the sign of v; 0 where v is 0. */
static @t.c@ brn_@NAME@(@t.c@ u, @t.c@ v)
{
    const @t.c@ r = brn_remainder_@t@(u, v);
    return (@t.c@)((r < 0 && v > 0) || (r > 0 && v < 0) ? r + v : r);
}
