#include <math.h>

/* u - floor(u / v) * v: the remainder with the sign of v. */
static @t.c@ brn_@NAME@(@t.c@ u, @t.c@ v)
{
    const @t.c@ r = fmod@t.f@(u, v);
    return (r < 0.0@t.f@ && v > 0.0@t.f@) || (r > 0.0@t.f@ && v < 0.0@t.f@) ? r + v : r;
}
