#include "packed/high_half_@half@.h"
#include "packed/low_half_@half@.h"
#include "packed/noinline.h"
#include "packed/weight_@w@.h"

/* acc[j] += sum over i < n of x[i] * u, where u is packed weight j of step first + i of a block, j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. See brn_weight_@w@ for the packing. Two weights are multiplied at once, 16 bits apart; the products of 16 inputs fit these. */
static BRN_NOINLINE void brn_@NAME@(const @a.c@ *x, const @w.c@ *block, uint32_t first, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    while (lanes == 4u && n > 0u) {
        const uint32_t run = n < 16u ? n : 16u;
        uint32_t front = 0u; /* lanes 0 and 1 */
        uint32_t back = 0u;  /* lanes 2 and 3 */
        for (uint32_t i = 0u; i < run; ++i) {
            const uint32_t v = (uint32_t)x[i];
            const uint32_t four = block[first + i];
            const uint32_t apart = four | (four << @SPREAD@);
            front += v * (apart & @MASK@u);
            back += v * ((apart >> @HALF@) & @MASK@u);
        }
        acc[0] += brn_low_half_@half@(front);
        acc[1] += brn_high_half_@half@(front);
        acc[2] += brn_low_half_@half@(back);
        acc[3] += brn_high_half_@half@(back);
        x += run;
        first += run;
        n -= run;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            acc[j] += (uint32_t)x[i] * brn_weight_@w@(block, (first + i) * lanes + j);
        }
    }
}
