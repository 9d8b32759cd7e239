#include "conv/always_inline.h"

/* Adds to the sums of @COUNT@, a lane for each channel,
 *   sum over t < 3, i < step of x[(p + t) * step + i] * w[(t * step + i) * lanes + o].
 * Pixels that are one tap apart share columns: each value is loaded once. Returns w + 3 * step * lanes. The assembly has the place in each column in x24 and following registers, values in x16 and following ones. */
static BRN_ALWAYS_INLINE const int8_t *brn_@NAME@(const @a.c@ *x, size_t step, const int8_t *w, size_t lanes, size_t vl@for p SIZE@, vint32m@L@_t *sums@p@@end@)
{
    @for p SIZE@
    vint32m@L@_t acc@p@ = *sums@p@;
    @end@
    const int8_t *w0 = w;
    const int8_t *w1 = w0 + step * lanes;
    const int8_t *w2 = w1 + step * lanes;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    vint8m@B@_t bytes;
    vint16m@W@_t wide;
    __asm__ volatile(
        "vsetvli zero, %[vl], e16, m@W@, ta, ma\n\t"
        "mv x24, %[x]\n\t"
        @for p SIZE + 1@
        "add x@(24 + p + 1)@, x@(24 + p)@, %[step]\n\t"
        @end@
        "beq %[x], %[pairs], 2f\n\t"
        "1:\n\t"
        @for i 2@
        @for p SIZE + 2@
        "@LB@ x@(16 + p)@, @i@(x@(24 + p)@)\n\t"
        @end@
        @for t 3@
        "vle8.v %[bytes], (%[w@t@])\n\t"
        "add %[w@t@], %[w@t@], %[lanes]\n\t"
        "vsext.vf2 %[wide], %[bytes]\n\t"
        @for p SIZE@
        "vwmacc.vx %[acc@p@], x@(16 + p + t)@, %[wide]\n\t"
        @end@
        @end@
        @end@
        @for p SIZE + 2@
        "addi x@(24 + p)@, x@(24 + p)@, 2\n\t"
        @end@
        "bne x24, %[pairs], 1b\n\t"
        "2:\n\t"
        "beq %[pairs], %[end], 3f\n\t"
        @for p SIZE + 2@
        "@LB@ x@(16 + p)@, 0(x@(24 + p)@)\n\t"
        @end@
        @for t 3@
        "vle8.v %[bytes], (%[w@t@])\n\t"
        "add %[w@t@], %[w@t@], %[lanes]\n\t"
        "vsext.vf2 %[wide], %[bytes]\n\t"
        @for p SIZE@
        "vwmacc.vx %[acc@p@], x@(16 + p + t)@, %[wide]\n\t"
        @end@
        @end@
        "3:"
        : [bytes] "=&vr"(bytes), [wide] "=&vr"(wide), [w0] "+&r"(w0), [w1] "+&r"(w1),
          @for p SIZE@
          [acc@p@] "+&vr"(acc@p@),
          @end@
          [w2] "+&r"(w2)
        : [x] "r"(x), [pairs] "r"(x + (step & ~(size_t)1u)), [end] "r"(x + step), [vl] "r"(vl),
          [step] "r"(step), [lanes] "r"(lanes)
        : "vl", "vtype", "memory",
          @for p SIZE + 2|, @"x@(16 + p)@"@end@,
          @for p SIZE + 2|, @"x@(24 + p)@"@end@);
#else
    for (uint32_t i = 0u; i < step; ++i, ++x, w0 += lanes, w1 += lanes, w2 += lanes) {
        vint16m@W@_t weight;
        @for t 3@
        weight = __riscv_vsext_vf2_i16m@W@(__riscv_vle8_v_i8m@B@(w@t@, vl), vl);
        @for p SIZE@
        acc@p@ = __riscv_vwmacc_vx_i32m@L@(acc@p@, x[@(p + t)@u * step], weight, vl);
        @end@
        @end@
    }
#endif
    @for p SIZE@
    *sums@p@ = acc@p@;
    @end@
    return w2;
}
