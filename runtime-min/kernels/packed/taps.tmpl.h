#include "packed/weight_@w@.h"

/* acc[j] += sum over t < n of x[t * x_step + j] * w, where w = u - @ZERO@ is packed weight j of step first + t of a block, j < lanes <= 4: n taps of neighbouring channels, modulo 2^32. See brn_weight_@w@ for the packing. Source: the inner loop of ONNX Conv-22, depthwise, on packed weights. */
static void brn_@NAME@(const @a.c@ *x, uint32_t x_step, const @w.c@ *block, uint32_t first, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        const @w.c@ *w = block + first;
        for (uint32_t t = 0u; t < n; ++t, x += x_step, ++w) {
            const uint32_t four = *w ^ @SIGNS@u; /* in two's complement */
            acc0 += (uint32_t)(x[0] * ((int32_t)(four << @S0@) >> @TOP@));
            acc1 += (uint32_t)(x[1] * ((int32_t)(four << @S1@) >> @TOP@));
            acc2 += (uint32_t)(x[2] * ((int32_t)(four << @S2@) >> @TOP@));
            acc3 += (uint32_t)(x[3] * ((int32_t)(four << @S3@) >> @TOP@));
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t t = 0u; t < n; ++t, x += x_step) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            const uint32_t w = brn_weight_@w@(block, (first + t) * lanes + j) - @ZERO@u;
            acc[j] += (uint32_t)x[j] * w;
        }
    }
}
