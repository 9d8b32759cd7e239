#include "conv/always_inline.h"

/* Adds to the sums of @COUNT@, a lane for each channel, sum over i < run of x[p * step + i] * w[i * lanes + o]. Returns w + run * lanes. The assembly has the place in each column in x24 and following registers, values in x16 and following ones. */
static BRN_ALWAYS_INLINE const int8_t *brn_@NAME@(const @a.c@ *x, size_t step, uint32_t run, const int8_t *w, size_t lanes, size_t vl@for p SIZE@, vint32m@L@_t *sums@p@@end@)
{
    @for p SIZE@
    vint32m@L@_t acc@p@ = *sums@p@;
    @end@
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    vint8m@B@_t bytes;
    vint16m@W@_t wide;
    __asm__ volatile(
        "vsetvli zero, %[vl], e16, m@W@, ta, ma\n\t"
        "mv x24, %[x]\n\t"
        @for p SIZE - 1@
        "add x@(24 + p + 1)@, x@(24 + p)@, %[step]\n\t"
        @end@
        "beq %[x], %[fours], 2f\n\t"
        "1:\n\t"
        @for i 4@
        "vle8.v %[bytes], (%[w])\n\t"
        @for p SIZE@
        "@LB@ x@(16 + p)@, @i@(x@(24 + p)@)\n\t"
        @end@
        "add %[w], %[w], %[lanes]\n\t"
        "vsext.vf2 %[wide], %[bytes]\n\t"
        @for p SIZE@
        "vwmacc.vx %[acc@p@], x@(16 + p)@, %[wide]\n\t"
        @end@
        @end@
        @for p SIZE@
        "addi x@(24 + p)@, x@(24 + p)@, 4\n\t"
        @end@
        "bne x24, %[fours], 1b\n\t"
        "2:\n\t"
        "beq x24, %[end], 3f\n\t"
        "vle8.v %[bytes], (%[w])\n\t"
        @for p SIZE@
        "@LB@ x@(16 + p)@, 0(x@(24 + p)@)\n\t"
        @end@
        "add %[w], %[w], %[lanes]\n\t"
        "vsext.vf2 %[wide], %[bytes]\n\t"
        @for p SIZE@
        "vwmacc.vx %[acc@p@], x@(16 + p)@, %[wide]\n\t"
        @end@
        @for p SIZE@
        "addi x@(24 + p)@, x@(24 + p)@, 1\n\t"
        @end@
        "j 2b\n\t"
        "3:"
        : [bytes] "=&vr"(bytes), [wide] "=&vr"(wide),
          @for p SIZE@
          [acc@p@] "+&vr"(acc@p@),
          @end@
          [w] "+&r"(w)
        : [x] "r"(x), [fours] "r"(x + (run & ~3u)), [end] "r"(x + run), [step] "r"(step),
          [vl] "r"(vl), [lanes] "r"(lanes)
        : "vl", "vtype", "memory",
          @for p SIZE|, @"x@(16 + p)@"@end@,
          @for p SIZE|, @"x@(24 + p)@"@end@);
#else
    for (uint32_t i = 0u; i < run; ++i, ++x, w += lanes) {
        const vint16m@W@_t wide = __riscv_vsext_vf2_i16m@W@(__riscv_vle8_v_i8m@B@(w, vl), vl);
        @for p SIZE@
        acc@p@ = __riscv_vwmacc_vx_i32m@L@(acc@p@, x[@p@u * step], wide, vl);
        @end@
    }
#endif
    @for p SIZE@
    *sums@p@ = acc@p@;
    @end@
    return w;
}
