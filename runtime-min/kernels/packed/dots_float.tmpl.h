#include "packed/noinline.h"
#include "packed/weight_@w@.h"

/* acc[j] += sum over i < n of x[i] * (u - @ZERO@ - zero[j]), where u is packed weight j of step first + i of a block, j < lanes <= 4: n inputs into neighbouring outputs. The differences are exact. See brn_weight_@w@ for the packing. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *x, const @w.c@ *block, uint32_t first, uint32_t n, uint32_t lanes, const int32_t *zero, @t.c@ *acc)
{
    if (lanes == 4u) {
        const @w.c@ *const w = block + first;
        const int32_t zero0 = zero[0] + @ZERO@;
        const int32_t zero1 = zero[1] + @ZERO@;
        const int32_t zero2 = zero[2] + @ZERO@;
        const int32_t zero3 = zero[3] + @ZERO@;
        @t.c@ acc0 = acc[0];
        @t.c@ acc1 = acc[1];
        @t.c@ acc2 = acc[2];
        @t.c@ acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const @t.c@ v = x[i];
            const uint32_t four = w[i];
            acc0 += v * (@t.c@)((int32_t)(four & @U_MAX@u) - zero0);
            acc1 += v * (@t.c@)((int32_t)((four >> @S1@) & @U_MAX@u) - zero1);
            acc2 += v * (@t.c@)((int32_t)((four >> @S2@) & @U_MAX@u) - zero2);
            acc3 += v * (@t.c@)((int32_t)(four >> @S3@) - zero3);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            const uint32_t u = brn_weight_@w@(block, (first + i) * lanes + j);
            acc[j] += x[i] * (@t.c@)((int32_t)u - @ZERO@ - zero[j]);
        }
    }
}
