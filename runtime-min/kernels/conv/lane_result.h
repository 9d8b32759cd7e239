#include "conv/lane_scales.h"
#include "quant/clamp_32.h"
#include "isa.h"

/* The result of a sum of channel o: see brn_lane_scales. */
static int32_t brn_lane_result(uint32_t acc, uint32_t o, const brn_lane_scales *s)
{
    if (s->exceptions != NULL) {
        const int32_t *e = s->exceptions;
        while (e[0] < (int32_t)o) {
            e += 3;
        }
        for (; e[0] == (int32_t)o; e += 3) {
            if (e[1] == (int32_t)acc) {
                acc = (uint32_t)e[2];
            }
        }
    }
    return brn_clamp_32(brn_scale_high(acc, s->mult[o], s->offset, s->shift), s->lo, s->hi);
}
