#include "conv/channel_scales.h"
#include "packed/noinline.h"

/* Of the sums of one channel, acc[0], acc[2] ..., of some pixels, step elements apart, stores the results of those that are exceptions; see brn_channel_scales. Returns the exceptions of the next channel. */
static BRN_NOINLINE const int32_t *brn_@NAME@(const uint32_t *acc, uint32_t pixels, const int32_t *exceptions, @y.c@ *y, uint32_t step)
{
    const int32_t *const end = exceptions + 1 + 2 * exceptions[0];
    for (const int32_t *e = exceptions + 1; e != end; e += 2) {
        for (uint32_t p = 0u; p < pixels; ++p) {
            if ((int32_t)acc[2u * p] == e[0]) {
                y[(size_t)p * step] = (@y.c@)e[1];
            }
        }
    }
    return end;
}
