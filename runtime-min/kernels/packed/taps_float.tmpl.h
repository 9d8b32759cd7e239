#include "packed/weight_@w@.h"

/* acc[j] += sum over t < n of x[t * x_step + j] * (u - @ZERO@ - zero[j]), where u is packed weight j of step first + t of a block, j < lanes: n taps of neighbouring channels. The differences are exact. See brn_weight_@w@ for the packing. Source: the inner loop of ONNX Conv-22, depthwise, on packed weights. */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const @w.c@ *block, uint32_t first, uint32_t n, uint32_t lanes, const int32_t *zero, @t.c@ *acc)
{
    for (uint32_t t = 0u; t < n; ++t, x += x_step) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            const uint32_t u = brn_weight_@w@(block, (first + t) * lanes + j);
            acc[j] += x[j] * (@t.c@)((int32_t)u - @ZERO@ - zero[j]);
        }
    }
}
