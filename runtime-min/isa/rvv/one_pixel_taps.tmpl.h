#include "conv/always_inline.h"

/* Adds to sums, a lane for each channel, sum over t < taps of x[t * step + j] * w[t * w_step + j]; taps and step aren't 0. Returns w + taps * w_step. */
static BRN_ALWAYS_INLINE const int8_t *brn_@NAME@(const @a.c@ *x, size_t step, uint32_t taps, const int8_t *w, size_t w_step, size_t vl, vint32m8_t *sums)
{
    vint32m8_t acc = *sums;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    const @a.c@ *const end = x + taps * step;
    vint8m2_t bytes;
    vint16m4_t weight, value;
    __asm__ volatile(
        "vsetvli zero, %[vl], e16, m4, ta, ma\n\t"
        "1:\n\t"
        "vle8.v %[bytes], (%[w])\n\t"
        "add %[w], %[w], %[w_step]\n\t"
        "vsext.vf2 %[weight], %[bytes]\n\t"
        "vle8.v %[bytes], (%[x])\n\t"
        "add %[x], %[x], %[step]\n\t"
        "@EXT@ %[value], %[bytes]\n\t"
        "vwmacc.vv %[acc], %[value], %[weight]\n\t"
        "bne %[x], %[end], 1b"
        : [acc] "+&vr"(acc), [x] "+&r"(x), [w] "+&r"(w), [bytes] "=&vr"(bytes),
          [weight] "=&vr"(weight), [value] "=&vr"(value)
        : [vl] "r"(vl), [end] "r"(end), [step] "r"(step), [w_step] "r"(w_step)
        : "vl", "vtype", "memory");
#else
    for (; taps != 0u; --taps, x += step, w += w_step) {
        acc = __riscv_vwmacc_vv_i32m8(acc, brn_halves_@a@(x, vl), brn_halves_s8(w, vl), vl);
    }
#endif
    *sums = acc;
    return w;
}
