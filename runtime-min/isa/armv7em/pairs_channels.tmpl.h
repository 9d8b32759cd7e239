#include "conv/@FORM@channel_pair@SIZE@_@y@.h"
#include "conv/clamp_pixels_@y@.h"
#include "conv/clamps_@y@.h"
#include "packed/noinline.h"
#include "rounds.h"

/* All channels of @COUNT@, neighbours in the result of a convolution, whose windows the panel holds as brn_widen_s8 and brn_panel_quads have it; w is that of brn_@PAIRS@, two channels at a time. Results that are a sum's upper half divided by 4 are made in assembly: there sums never leave their registers, r2 to r@(2 * SIZE + 1)@, two of each pixel. Its loop is of BRN_ROUNDS groups of values, and is entered in the middle where their number is no multiple of that.
 * In its frame: 0 panel, 4 table, 8 y, 12 step, 16 offset, 20 end of the panel, 24 where the loop is entered, 28 the y that ends the loop over channels, 32 the last such, 36 exceptions, 40 the sums of channels with exceptions, @(40 + 8 * SIZE)@ their multipliers, @(48 + 8 * SIZE)@ their y. */
static BRN_NOINLINE void brn_@NAME@(const uint32_t *panel, uint32_t quads, const uint32_t *w, const brn_channel_scales *s, @y.c@ *y, uint32_t step)
{
    const int clamps = brn_clamps_@y@(s);
#if defined(__GNUC__)
    if (s->shift == 2u) {
        const uint32_t end = (uint32_t)(y + s->out_c);
        const uint32_t entry = (0u - quads) % BRN_ROUNDS * @BYTES@u; /* bytes of code */
        const uint32_t arguments[11] = {
            (uint32_t)panel, (uint32_t)s->table, (uint32_t)y, step, (uint32_t)s->offset,
            (uint32_t)(panel + @(2 * SIZE)@u * quads), entry, end, end, (uint32_t)s->exceptions,
            (uint32_t)w};
        register const uint32_t *from __asm__("r0") = arguments;
        __asm__ volatile(
            "push {r4-r11}\n\t"
            "sub sp, sp, #@(56 + 8 * SIZE)@\n\t"
            "ldm r0, {r2-r12}\n\t"
            "adr r0, 2f\n\t"
            "add r8, r8, r0\n\t"
            "orr r8, r8, #1\n\t"
            "stm sp, {r2-r11}\n\t"
            "mov r10, r12\n\t"
            "movs r0, #0\n\t"
            "str r0, [sp, #@(40 + 8 * SIZE)@]\n\t"
            "str r0, [sp, #@(44 + 8 * SIZE)@]\n\t"
            "1:\n\t" /* two channels begin with their first sums */
            "ldrd r11, r0, [sp]\n\t"
            "ldr r2, [r0]\n\t"
            "ldr r3, [r0, #8]\n\t"
            @for p SIZE - 1@
            "mov r@(2 * p + 4)@, r2\n\t"
            "mov r@(2 * p + 5)@, r3\n\t"
            @end@
            "ldr r0, [sp, #24]\n\t"
            "bx r0\n\t"
            ".balign 4\n\t"
            "2:\n\t"
            ".rept %c[rounds]\n\t"
            @for half (SIZE > 2) * 2@
            @if WIDE@
            "ldrd r12, lr, [r10], #8\n\t"
            @end@
            @if WIDE == 0@
            "ldr lr, [r10], #4\n\t"
            "sxtb16 r12, lr\n\t"
            "sxtb16 lr, lr, ror #8\n\t"
            @end@
            @if SIZE == 3@
            "ldm r11!, {r0, r1, r8}\n\t"
            @for p 3@
            "smlad r@(2 * p + 2)@, r@(p + (p == 2) * 6)@, r12, r@(2 * p + 2)@\n\t"
            "smlad r@(2 * p + 3)@, r@(p + (p == 2) * 6)@, lr, r@(2 * p + 3)@\n\t"
            @end@
            @end@
            @for k (SIZE == 4) * 2@
            "ldrd r0, r1, [r11], #8\n\t"
            @for p 2@
            "smlad r@(4 * k + 2 * p + 2)@, r@p@, r12, r@(4 * k + 2 * p + 2)@\n\t"
            "smlad r@(4 * k + 2 * p + 3)@, r@p@, lr, r@(4 * k + 2 * p + 3)@\n\t"
            @end@
            @end@
            @end@
            @if SIZE < 3@
            "ldm r11!, {r0@if SIZE == 2@, r1@end@, r6@if SIZE == 2@, r7@end@}\n\t"
            @if WIDE@
            "ldm r10!, {r8, r9, r12, lr}\n\t"
            @for half 2@
            @for p SIZE@
            "smlad r@(2 * p + 2)@, r@(6 * half + p)@, r@(8 + 4 * half)@, r@(2 * p + 2)@\n\t"
            "smlad r@(2 * p + 3)@, r@(6 * half + p)@, @if half@lr@end@@if half == 0@r9@end@, r@(2 * p + 3)@\n\t"
            @end@
            @end@
            @end@
            @for half (WIDE == 0) * 2@
            @if half == 0@
            "ldrd r8, r9, [r10], #8\n\t"
            @end@
            "sxtb16 r12, r@(8 + half)@\n\t"
            "sxtb16 lr, r@(8 + half)@, ror #8\n\t"
            @for p SIZE@
            "smlad r@(2 * p + 2)@, r@(6 * half + p)@, r12, r@(2 * p + 2)@\n\t"
            "smlad r@(2 * p + 3)@, r@(6 * half + p)@, lr, r@(2 * p + 3)@\n\t"
            @end@
            @end@
            @end@
            ".endr\n\t"
            "ldr r0, [sp, #20]\n\t"
            "cmp r11, r0\n\t"
            "bne 2b\n\t"
            "ldr r11, [sp, #4]\n\t"
            "ldm r11!, {r0, r1, r12, lr}\n\t"
            "str r11, [sp, #4]\n\t"
            "orrs r0, r1, lr\n\t"
            "bmi 5f\n\t"
            "4: ldr r12, [sp, #16]\n\t" /* results of the first channel */
            @for p SIZE@
            "smmla r@(2 * p + 2)@, r@(2 * p + 2)@, r1, r12\n\t"
            "@SATURATE@ r@(2 * p + 2)@, #8, r@(2 * p + 2)@, asr #2\n\t"
            @end@
            "ldrd r0, r11, [sp, #8]\n\t"
            @if SIZE > 2@
            "strb r6, [r0, r11, lsl #1]\n\t"
            @end@
            @if SIZE > 1@
            "add r1, r0, r11\n\t"
            @end@
            @if SIZE > 3@
            "strb r8, [r1, r11, lsl #1]\n\t"
            @end@
            @if SIZE > 1@
            "strb r4, [r1], #1\n\t"
            @end@
            "strb r2, [r0], #1\n\t"
            "ldr r2, [sp, #28]\n\t"
            "cmp r0, r2\n\t"
            "beq 6f\n\t"
            @for p SIZE@
            "smmla r@(2 * p + 3)@, r@(2 * p + 3)@, lr, r12\n\t"
            "@SATURATE@ r@(2 * p + 3)@, #8, r@(2 * p + 3)@, asr #2\n\t"
            @end@
            @if SIZE > 3@
            "strb r9, [r1, r11, lsl #1]\n\t"
            @end@
            @if SIZE > 2@
            "strb r7, [r0, r11, lsl #1]\n\t"
            @end@
            @if SIZE > 1@
            "strb r5, [r1]\n\t"
            @end@
            "strb r3, [r0], #1\n\t"
            "str r0, [sp, #8]\n\t"
            "cmp r0, r2\n\t"
            "bne 1b\n\t"
            "b 6f\n\t"
            "5: add r0, sp, #40\n\t" /* there are exceptions: the loop ends to look for them */
            "stm r0, {r2-r@(2 * SIZE + 1)@}\n\t"
            "strd r1, lr, [sp, #@(40 + 8 * SIZE)@]\n\t"
            "bic r1, r1, #0x80000000\n\t"
            "bic lr, lr, #0x80000000\n\t"
            "ldr r0, [sp, #8]\n\t"
            "str r0, [sp, #@(48 + 8 * SIZE)@]\n\t"
            "adds r0, r0, #2\n\t"
            "ldr r12, [sp, #32]\n\t"
            "cmp r0, r12\n\t"
            "it hi\n\t"
            "movhi r0, r12\n\t"
            "str r0, [sp, #28]\n\t"
            "b 4b\n\t"
            "6: str r0, [sp, #8]\n\t"
            "ldrd r1, lr, [sp, #@(40 + 8 * SIZE)@]\n\t"
            "orrs r0, r1, lr\n\t"
            "bpl 9f\n\t"
            "ldr r0, [sp, #@(48 + 8 * SIZE)@]\n\t"
            "ldr r11, [sp, #12]\n\t"
            "ldr r12, [sp, #36]\n\t"
            @for lane 2@
            "cmp @if lane == 0@r1@end@@if lane@lr@end@, #0\n\t"
            "bpl 8f\n\t"
            "ldr r7, [r12], #4\n\t" /* their number */
            @for p SIZE@
            "ldr r@(p + 2)@, [sp, #@(40 + 4 * lane + 8 * p)@]\n\t"
            @end@
            "add r1, r0, r11\n\t"
            "7: ldrd r8, r9, [r12], #8\n\t"
            @for p SIZE@
            "cmp r@(p + 2)@, r8\n\t"
            "it eq\n\t"
            "strbeq r9, [r@(p % 2)@@if p > 1@, r11, lsl #1@end@]\n\t"
            @end@
            "subs r7, r7, #1\n\t"
            "bne 7b\n\t"
            "8: add r0, r0, #1\n\t"
            @end@
            "str r12, [sp, #36]\n\t"
            "movs r1, #0\n\t"
            "str r1, [sp, #@(40 + 8 * SIZE)@]\n\t"
            "str r1, [sp, #@(44 + 8 * SIZE)@]\n\t"
            "ldr r0, [sp, #8]\n\t"
            "ldr r12, [sp, #32]\n\t"
            "str r12, [sp, #28]\n\t"
            "cmp r0, r12\n\t"
            "bne 1b\n\t"
            "9:\n\t"
            "add sp, sp, #@(56 + 8 * SIZE)@\n\t"
            "pop {r4-r11}\n\t"
            : "+r"(from)
            : [rounds] "i"(BRN_ROUNDS)
            : "r1", "r2", "r3", "r12", "lr", "cc", "memory");
        if (clamps) {
            brn_clamp_pixels_@y@(y, @SIZE@u, s->out_c, step, s->lo, s->hi);
        }
        return;
    }
#endif
    const int32_t *exceptions = s->exceptions;
    const int32_t *table = s->table;
    for (uint32_t o = 0u; o < s->out_c; o += 2u, table += 4, w += @(2 + 2 * WIDE)@u * quads) {
        exceptions = brn_@FORM@channel_pair@SIZE@_@y@(
            panel, quads, w, table, s->out_c - o, s->offset, s->shift, clamps, s, exceptions, y + o,
            step);
    }
}
