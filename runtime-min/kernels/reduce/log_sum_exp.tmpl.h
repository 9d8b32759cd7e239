#include <math.h>

/* log of the sum of exp(x[i * step]), i < n, in @ACC@; -Inf if n is 0. The largest value is taken out before exp, so that nothing overflows. */
static @ACC@ brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step)
{
    @ACC@ top = -(@ACC@)INFINITY;
    @ACC@ sum = 0;
    for (uint32_t i = 0u; i < n; ++i) {
        const @ACC@ v = (@ACC@)x[(size_t)i * step];
        top = v > top ? v : top;
    }
    if (top == (@ACC@)INFINITY || top == -(@ACC@)INFINITY) {
        top = 0; /* Inf - Inf would be NaN */
    }
    for (uint32_t i = 0u; i < n; ++i) {
        sum += exp@F@((@ACC@)x[(size_t)i * step] - top);
    }
    return log@F@(sum) + top;
}
