#include "quant/round_float.h"

/* f32(a / b): the result times 2^e, e being what is added to *exponent, is the quotient rounded as float division rounds it. 0 <= a < 2^60, 1 <= b < 2^31. */
static int64_t brn_divide_float(int64_t a, int64_t b, int32_t *exponent)
{
    int64_t quotient;
    while (a != 0 && a < b << 26) { /* 26 bits of quotient, and one for the rest */
        a *= 2;
        --*exponent;
    }
    quotient = a / b;
    --*exponent;
    return brn_round_float(quotient * 2 + (a % b != 0 ? 1 : 0));
}
