#include "conv/dot_scales.h"
#include "packed/noinline.h"

/* brn_dots_pixels_@y@ of tiles times @COUNT@, for a shift of 2 and at least four channels: sums of the four channels of a block never leave their registers, which are all the even ones@if SIZE == 1@ up to r6@end@. Values that are all in one vector stay there for all blocks.
 * In its frame: 0 x@if SIZE == 2@, 4 x of the second pixel@end@, 8 the step of x, 12 the end of x, 16 the step of y, 20 y, 24 how many tiles are left, 28 w, 32 where the loop over depth is entered, 36 how many values are taken before it, 40 how far the last block is set back, 44 where values are loaded. */
static BRN_NOINLINE void brn_@NAME@(const int8_t *x, uint32_t x_step, uint32_t tiles, uint32_t depth, const uint32_t *w, const brn_dot_scales *s, @y.c@ *y, uint32_t y_step)
{
#if defined(__GNUC__)
    const uint32_t rest = (depth - 1u) / 16u; /* so many times 16 values are taken by the loop, */
    const uint32_t skipped = (0u - rest) % 4u; /* which is written out four times */
    const uint32_t before = (uint32_t)x - @TIMES@x_step; /* the first tile, too, is one further */
    const uint32_t arguments[17] = {
        before, before + x_step, @TIMES@x_step, before + depth, @TIMES@y_step,
        (uint32_t)y - @TIMES@y_step, tiles + 1u, (uint32_t)w, @(20 * SIZE + 16)@u * skipped,
        depth - 16u * rest, (0u - s->out_c) % 4u, rest,
        y_step << 16, (y_step << 16) + 0x10001u, (y_step << 16) + 0x20002u,
        (y_step << 16) + 0x30003u, (uint32_t)((s->offset - 2) / 4)};
    register const uint32_t *from __asm__("r0") = arguments;
    __asm__ volatile(
        "push {r4-r11}\n\t"
        "sub sp, sp, #48\n\t"
        @for i 3@
        "vldrw.u32 q0, [r0, #@(16 * i)@]\n\t"
        "vstrw.32 q0, [sp, #@(16 * i)@]\n\t"
        @end@
        @if SIZE == 2@
        "vldrw.u32 q6, [r0, #48]\n\t"
        @end@
        "ldr r1, [r0, #64]\n\t"
        "vdup.16 q7, r1\n\t"
        "ldrd r2, r1, [sp, #32]\n\t"
        "ldr r3, [sp, #44]\n\t"
        "vctp.8 r1\n\t"
        "adr r4, 3f\n\t"
        "add r2, r2, r4\n\t"
        "orr r2, r2, #1\n\t"
        "str r2, [sp, #32]\n\t"
        "adr r4, 2f\n\t" /* where a block begins, and where values are loaded */
        "adr r11, 1f\n\t"
        "cmp r1, #16\n\t"
        "it eq\n\t"
        "moveq r11, r4\n\t"
        "mov r4, r11\n\t"
        "cbnz r3, 4f\n\t"
        "adr r4, 5f\n\t"
        "adr r11, 6f\n\t"
        "4:\n\t"
        "orr r4, r4, #1\n\t"
        "orr r11, r11, #1\n\t"
        "str r4, [sp, #44]\n\t"
        "0:\n\t" /* the next tile */
        "ldm sp, {r2, r3, r6-r10}\n\t"
        "subs r10, r10, #1\n\t"
        "beq 12f\n\t"
        "add r2, r2, r6\n\t"
        "add r3, r3, r6\n\t"
        "add r7, r7, r6\n\t"
        "add r9, r9, r8\n\t"
        "stm sp, {r2, r3, r6-r10}\n\t"
        @if SIZE == 1@
        "mov r5, r9\n\t"
        @end@
        "ldr r1, [sp, #28]\n\t"
        "ldr pc, [sp, #44]\n\t"
        ".balign 4\n\t"
        "1:\n\t" /* a block begins with fewer than sixteen values, */
        @if SIZE == 2@
        "ldrd r3, r5, [sp]\n\t"
        "ldr lr, [sp, #36]\n\t"
        "vpstt\n\t"
        "vldrbt.u8 q0, [r3]\n\t"
        "vldrbt.u8 q1, [r5]\n\t"
        "add r5, r5, lr\n\t"
        @end@
        @if SIZE == 1@
        "ldr r3, [sp]\n\t"
        "ldr lr, [sp, #36]\n\t"
        "vpst\n\t"
        "vldrbt.u8 q0, [r3]\n\t"
        @end@
        "add r3, r3, lr\n\t"
        @for i 4@
        "vldrb.u8 q@(2 + i % 2)@, [r1]\n\t"
        "add r1, r1, lr\n\t"
        "vmladav.s8 r@(2 * i)@, q0, q@(2 + i % 2)@\n\t"
        @if SIZE == 2@
        "vmladav.s8 r@(2 * i + 8)@, q1, q@(2 + i % 2)@\n\t"
        @end@
        @end@
        "ldr pc, [sp, #32]\n\t"
        ".balign 4\n\t"
        "5:\n\t" /* or has no more than these, */
        @if SIZE == 2@
        "ldrd r3, r7, [sp]\n\t"
        "vpstt\n\t"
        "vldrbt.u8 q0, [r3]\n\t"
        "vldrbt.u8 q1, [r7]\n\t"
        @end@
        @if SIZE == 1@
        "ldr r3, [sp]\n\t"
        "vpst\n\t"
        "vldrbt.u8 q0, [r3]\n\t"
        @end@
        "ldr r7, [sp, #36]\n\t"
        ".balign 4\n\t"
        "6:\n\t"
        @for i 4@
        "vldrb.u8 q@(2 + i % 2)@, [r1]\n\t"
        "add r1, r1, r7\n\t"
        "vmladav.s8 r@(2 * i)@, q0, q@(2 + i % 2)@\n\t"
        @if SIZE == 2@
        "vmladav.s8 r@(2 * i + 8)@, q1, q@(2 + i % 2)@\n\t"
        @end@
        @end@
        "b 7f\n\t"
        ".balign 4\n\t"
        "2:\n\t" /* or with sixteen */
        @if SIZE == 2@
        "ldrd r3, r5, [sp]\n\t"
        "vldrb.u8 q0, [r3], #16\n\t"
        "vldrb.u8 q1, [r5], #16\n\t"
        @end@
        @if SIZE == 1@
        "ldr r3, [sp]\n\t"
        "vldrb.u8 q0, [r3], #16\n\t"
        @end@
        @for i 4@
        "vldrb.u8 q@(2 + i % 2)@, [r1], #16\n\t"
        "vmladav.s8 r@(2 * i)@, q0, q@(2 + i % 2)@\n\t"
        @if SIZE == 2@
        "vmladav.s8 r@(2 * i + 8)@, q1, q@(2 + i % 2)@\n\t"
        @end@
        @end@
        "ldr pc, [sp, #32]\n\t"
        ".balign 4\n\t"
        "3:\n\t"
        ".rept 4\n\t"
        "vldrb.u8 q0, [r3], #16\n\t"
        @if SIZE == 2@
        "vldrb.u8 q1, [r5], #16\n\t"
        @end@
        @for i 4@
        "vldrb.u8 q@(2 + i % 2)@, [r1], #16\n\t"
        "vmladava.s8 r@(2 * i)@, q0, q@(2 + i % 2)@\n\t"
        @if SIZE == 2@
        "vmladava.s8 r@(2 * i + 8)@, q1, q@(2 + i % 2)@\n\t"
        @end@
        @end@
        ".endr\n\t"
        "cmp r3, r7\n\t"
        "bne 3b\n\t"
        "7:\n\t"
        @for p SIZE@
        "vmov q@(p + 3)@[2], q@(p + 3)@[0], r@(8 * p)@, r@(8 * p + 4)@\n\t"
        "vmov q@(p + 3)@[3], q@(p + 3)@[1], r@(8 * p + 2)@, r@(8 * p + 6)@\n\t"
        @end@
        "vldrw.u32 q2, [r1], #16\n\t"
        @for p SIZE@
        "vadd.i32 q@(p + 3)@, q@(p + 3)@, q2\n\t"
        @end@
        "vldrw.u32 q2, [r1], #16\n\t"
        "vmulh.s32 q5, q3, q2\n\t"
        @if SIZE == 2@
        "vmulh.s32 q2, q4, q2\n\t"
        @end@
        "ldr r0, [r1], #4\n\t"
        "cbnz r0, 8f\n\t"
        "vqrshrnb.s32 q5, q5, #2\n\t"
        @if SIZE == 2@
        "vqrshrnt.s32 q5, q2, #2\n\t"
        @end@
        "vqadd.s16 q5, q5, q7\n\t"
        "@NARROW@.s16 q5, q5\n\t"
        @if SIZE == 2@
        "vstrb.16 q5, [r9, q6]\n\t"
        "add r9, r9, #4\n\t"
        @end@
        @if SIZE == 1@
        "vstrb.32 q5, [r5], #4\n\t"
        @end@
        "bx r11\n\t"
        "8:\n\t" /* there are exceptions, or it is the last block */
        "uxtb r2, r0\n\t"
        "cbz r2, 10f\n\t"
        "9:\n\t"
        "vldrw.u32 q0, [r1], #16\n\t"
        "vldrw.u32 q1, [r1], #16\n\t"
        "vcmp.i32 eq, q3, q0\n\t"
        "vpst\n\t"
        "vorrt q5, q1, q1\n\t"
        @if SIZE == 2@
        "vcmp.i32 eq, q4, q0\n\t"
        "vpst\n\t"
        "vorrt q2, q1, q1\n\t"
        @end@
        "subs r2, r2, #1\n\t"
        "bne 9b\n\t"
        "ldr r2, [sp, #36]\n\t"
        "vctp.8 r2\n\t"
        "cmp r0, #0\n\t"
        "bmi 10f\n\t"
        "vqrshrnb.s32 q5, q5, #2\n\t"
        @if SIZE == 2@
        "vqrshrnt.s32 q5, q2, #2\n\t"
        @end@
        "vqadd.s16 q5, q5, q7\n\t"
        "@NARROW@.s16 q5, q5\n\t"
        @if SIZE == 2@
        "vstrb.16 q5, [r9, q6]\n\t"
        "add r9, r9, #4\n\t"
        @end@
        @if SIZE == 1@
        "vstrb.32 q5, [r5], #4\n\t"
        @end@
        "ldr pc, [sp, #44]\n\t"
        "10:\n\t"
        "ldr r2, [sp, #40]\n\t"
        @if SIZE == 2@
        "sub r9, r9, r2\n\t"
        @end@
        @if SIZE == 1@
        "sub r5, r5, r2\n\t"
        @end@
        "vqrshrnb.s32 q5, q5, #2\n\t"
        @if SIZE == 2@
        "vqrshrnt.s32 q5, q2, #2\n\t"
        @end@
        "vqadd.s16 q5, q5, q7\n\t"
        "@NARROW@.s16 q5, q5\n\t"
        @if SIZE == 2@
        "vstrb.16 q5, [r9, q6]\n\t"
        @end@
        @if SIZE == 1@
        "vstrb.32 q5, [r5]\n\t"
        @end@
        "b 0b\n\t"
        "12:\n\t"
        "add sp, sp, #48\n\t"
        "pop {r4-r11}\n\t"
        : "+r"(from)
        :
        : "r1", "r2", "r3", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc",
          "memory");
#else
    brn_dots_each_@y@(x, x_step, @TIMES@tiles, depth, w, s, y, y_step);
#endif
}
