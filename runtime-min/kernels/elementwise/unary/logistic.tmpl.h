#include <math.h>

/* 1 / (1 + exp(-v)); only exp(-|v|) is taken, so that nothing overflows. */
static @t.c@ brn_@NAME@(@t.c@ v)
{
    const @t.c@ e = exp@t.f@(-fabs@t.f@(v));
    return (v < 0.0@t.f@ ? e : 1.0@t.f@) / (1.0@t.f@ + e);
}
