#include "conv/always_inline.h"

/* brn_one_pixel_taps_@a@ of two pixels, apart elements apart. Of three taps of pixels that are one tap apart, four columns are read. */
static BRN_ALWAYS_INLINE const int8_t *brn_@NAME@(const @a.c@ *x, size_t apart, size_t step, uint32_t taps, const int8_t *w, size_t w_step, size_t vl, vint32m8_t *one, vint32m8_t *other)
{
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    vint32m8_t acc0 = *one;
    vint32m8_t acc1 = *other;
    vint8m2_t bytes;
    vint16m4_t w0, w1, value;
    if (taps == 3u && apart == step) {
        __asm__ volatile(
            "vsetvli zero, %[vl], e16, m4, ta, ma\n\t"
            @for t 3@
            "vle8.v %[bytes], (%[w])\n\t"
            "add %[w], %[w], %[w_step]\n\t"
            "vsext.vf2 %[w@(t % 2)@], %[bytes]\n\t"
            "vle8.v %[bytes], (%[x])\n\t"
            "add %[x], %[x], %[step]\n\t"
            "@EXT@ %[value], %[bytes]\n\t"
            "vwmacc.vv %[acc0], %[value], %[w@(t % 2)@]\n\t"
            @if t > 0@
            "vwmacc.vv %[acc1], %[value], %[w@((t + 1) % 2)@]\n\t"
            @end@
            @end@
            "vle8.v %[bytes], (%[x])\n\t"
            "@EXT@ %[value], %[bytes]\n\t"
            "vwmacc.vv %[acc1], %[value], %[w0]"
            : [acc0] "+&vr"(acc0), [acc1] "+&vr"(acc1), [x] "+&r"(x), [w] "+&r"(w), [w0] "=&vr"(w0),
              [w1] "=&vr"(w1), [bytes] "=&vr"(bytes), [value] "=&vr"(value)
            : [vl] "r"(vl), [step] "r"(step), [w_step] "r"(w_step)
            : "vl", "vtype", "memory");
    } else {
        const @a.c@ *const end = x + taps * step;
        const @a.c@ *x1 = x + apart;
        __asm__ volatile(
            "vsetvli zero, %[vl], e16, m4, ta, ma\n\t"
            "1:\n\t"
            "vle8.v %[bytes], (%[w])\n\t"
            "add %[w], %[w], %[w_step]\n\t"
            "vsext.vf2 %[w0], %[bytes]\n\t"
            "vle8.v %[bytes], (%[x])\n\t"
            "add %[x], %[x], %[step]\n\t"
            "@EXT@ %[value], %[bytes]\n\t"
            "vwmacc.vv %[acc0], %[value], %[w0]\n\t"
            "vle8.v %[bytes], (%[x1])\n\t"
            "add %[x1], %[x1], %[step]\n\t"
            "@EXT@ %[value], %[bytes]\n\t"
            "vwmacc.vv %[acc1], %[value], %[w0]\n\t"
            "bne %[x], %[end], 1b"
            : [acc0] "+&vr"(acc0), [acc1] "+&vr"(acc1), [x] "+&r"(x), [x1] "+&r"(x1), [w] "+&r"(w),
              [w0] "=&vr"(w0), [bytes] "=&vr"(bytes), [value] "=&vr"(value)
            : [vl] "r"(vl), [end] "r"(end), [step] "r"(step), [w_step] "r"(w_step)
            : "vl", "vtype", "memory");
    }
    *one = acc0;
    *other = acc1;
    return w;
#else
    brn_one_pixel_taps_@a@(x + apart, step, taps, w, w_step, vl, other);
    return brn_one_pixel_taps_@a@(x, step, taps, w, w_step, vl, one);
#endif
}
