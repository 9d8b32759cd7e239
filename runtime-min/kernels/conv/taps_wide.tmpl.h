#include "isa.h"

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels. Modulo 2^64. Source: docs/numerics.md, Sixteen bits. */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint64_t *acc)
{
    while (n != 0u) { /* as many products as a sum of 32 bits holds */
        const uint32_t taps = n < 255u ? n : 255u;
        uint32_t part[4] = {0u, 0u, 0u, 0u};
        brn_taps_@t@(x, x_step, w, w_step, taps, lanes, part);
        for (uint32_t j = 0u; j < lanes; ++j) {
            acc[j] += (uint64_t)(int32_t)part[j];
        }
        x += (size_t)taps * x_step;
        w += (size_t)taps * w_step;
        n -= taps;
    }
}
