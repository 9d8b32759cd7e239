#include "packed/noinline.h"

/* brn_widen_@t@ of @COUNT@, step values apart, side by side in the panel. Kept out of line: the loop needs most registers. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *x, uint32_t step, uint32_t n, uint32_t *panel)
{
    const @t.c@ *const end = x + (n & ~3u);
    const uint32_t rest = n & 3u;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    if (x != end) {
        @if SIZE == 4@
        const @t.c@ *fourth = x + 3u * step;
        @end@
        __asm__ volatile("1:\n\t"
                         @if SIZE > 2@
                         "ldr r10, [%[x], %[step], lsl #1]\n\t"
                         @end@
                         "ldr r9, [%[x], %[step]]\n\t"
                         "ldr r8, [%[x]], #4\n\t"
                         @if SIZE == 4@
                         "ldr r12, [%[fourth]], #4\n\t"
                         @end@
                         "@EXTEND@ r3, r8\n\t"
                         "@EXTEND@ r4, r9\n\t"
                         @if SIZE > 2@
                         "@EXTEND@ r5, r10\n\t"
                         @end@
                         @if SIZE == 4@
                         "@EXTEND@ r6, r12\n\t"
                         @end@
                         "stm %[panel]!, {r3-r@(SIZE + 2)@}\n\t"
                         "@EXTEND@ r8, r8, ror #8\n\t"
                         "@EXTEND@ r9, r9, ror #8\n\t"
                         @if SIZE > 2@
                         "@EXTEND@ r10, r10, ror #8\n\t"
                         @end@
                         @if SIZE == 4@
                         "@EXTEND@ r12, r12, ror #8\n\t"
                         @end@
                         "stm %[panel]!, {r8, r9@if SIZE > 2@, r10@end@@if SIZE == 4@, r12@end@}\n\t"
                         "cmp %[x], %[end]\n\t"
                         "bne 1b"
                         : [x] "+r"(x),@if SIZE == 4@ [fourth] "+r"(fourth),@end@ [panel] "+r"(panel)
                         : [step] "r"(step), [end] "r"(end)
                         : "r3", "r4",@if SIZE > 2@ "r5",@end@@if SIZE == 4@ "r6",@end@ "r8", "r9",@if SIZE > 2@ "r10",@end@@if SIZE == 4@ "r12",@end@
                           "cc", "memory");
    }
#else
    for (; x != end; x += 4, panel += @(2 * SIZE)@) {
        @for p SIZE@
        const uint32_t v@p@ = brn_word(x@if p@ + @p@u * step@end@);
        panel[@p@] = brn_even_@t@(v@p@);
        panel[@(SIZE + p)@] = brn_odd_@t@(v@p@);
        @end@
    }
#endif
    for (uint32_t p = 0u; rest != 0u && p < @SIZE@u; ++p, x += step) {
        uint32_t v = 0u;
        if (n > 4u) { /* the last four values, those that are new moved to the front */
            v = brn_word(x + rest - 4) >> (32u - 8u * rest);
        } else {
            memcpy(&v, x, rest);
        }
        panel[p] = brn_even_@t@(v);
        panel[@SIZE@u + p] = brn_odd_@t@(v);
    }
}
