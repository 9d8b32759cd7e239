#include <math.h>

/* log(1 + exp(v)) as max(v, 0) + log(1 + exp(-|v|)): nothing overflows, small results are exact. */
static @t.c@ brn_@NAME@(@t.c@ v)
{
    return (v > 0.0@t.f@ ? v : 0.0@t.f@) + log1p@t.f@(exp@t.f@(-fabs@t.f@(v)));
}
