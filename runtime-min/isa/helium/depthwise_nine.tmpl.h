#include "conv/dot_scales.h"
#include "packed/noinline.h"

/* brn_depthwise_taps_@a@_@y@ of nine taps, of some pixels one after the other, for a shift of 2. From pixel to pixel taps go on by steps, y by y_step; if moves is 0 both do so by themselves, as each block of sixteen channels moves them on by sixteen. How far the last block is set back, as its channels end with the last: back. All that is in arguments: taps, at words 12 and on steps, then w, moves, y, y_step, pixels, back, zero point of the results. */
static BRN_NOINLINE void brn_depthwise_nine_@a@_@y@(uint32_t *arguments)
{
#if defined(__GNUC__)
    register uint32_t *from __asm__("r0") = arguments;
    __asm__ volatile(
        "push {r4-r11}\n\t"
        "sub sp, sp, #72\n\t"
        "str r0, [sp, #64]\n\t"
        "ldrd r9, r11, [r0, #96]\n\t"
        "ldr r10, [r0, #104]\n\t"
        "ldr r12, [r0, #120]\n\t"
        "ldm r0, {r1-r8, lr}\n\t"
        "1:\n\t"
        @if EXTEND@
        "movs r0, #128\n\t"
        @end@
        "vldrb.u8 q4, [r1], #16\n\t"
        "vldrb.u8 q5, [r9], #16\n\t"
        @if EXTEND@
        "vadd.i8 q4, q4, r0\n\t"
        @end@
        "vmullb.s8 q6, q4, q5\n\t"
        "vmullt.s8 q4, q4, q5\n\t"
        "vldrb.u8 q7, [r2], #16\n\t"
        "vldrb.u8 q5, [r9], #16\n\t"
        @if EXTEND@
        "vadd.i8 q7, q7, r0\n\t"
        @end@
        "vmullb.s8 q3, q7, q5\n\t"
        "vmullt.s8 q7, q7, q5\n\t"
        "vadd.i16 q6, q6, q3\n\t"
        "vadd.i16 q4, q4, q7\n\t"
        "vmovlb.s16 q0, q6\n\t"
        "vmovlt.s16 q1, q6\n\t"
        "vmovlb.s16 q2, q4\n\t"
        "vmovlt.s16 q3, q4\n\t"
        @for i 3@
        "vldrb.u8 q4, [r@(2 * i + 3)@], #16\n\t"
        "vldrb.u8 q5, [r9], #16\n\t"
        @if EXTEND@
        "vadd.i8 q4, q4, r0\n\t"
        @end@
        "vmullb.s8 q6, q4, q5\n\t"
        "vmullt.s8 q4, q4, q5\n\t"
        "vldrb.u8 q7, [r@(2 * i + 4)@]\n\t" /* twice: there is no ninth register */
        "vldrb.u8 q5, [r9], #16\n\t"
        @if EXTEND@
        "vadd.i8 q7, q7, r0\n\t"
        @end@
        "vmullb.s8 q7, q7, q5\n\t"
        "vadd.i16 q6, q6, q7\n\t"
        "vldrb.u8 q7, [r@(2 * i + 4)@], #16\n\t"
        @if EXTEND@
        "vadd.i8 q7, q7, r0\n\t"
        @end@
        "vmullt.s8 q7, q7, q5\n\t"
        "vadd.i16 q4, q4, q7\n\t"
        "vmovlb.s16 q5, q6\n\t"
        "vmovlt.s16 q6, q6\n\t"
        "vmovlb.s16 q7, q4\n\t"
        "vmovlt.s16 q4, q4\n\t"
        "vadd.i32 q0, q0, q5\n\t"
        "vadd.i32 q1, q1, q6\n\t"
        "vadd.i32 q2, q2, q7\n\t"
        "vadd.i32 q3, q3, q4\n\t"
        @end@
        "vldrb.u8 q4, [lr], #16\n\t"
        "vldrb.u8 q5, [r9], #16\n\t"
        @if EXTEND@
        "vadd.i8 q4, q4, r0\n\t"
        @end@
        "vmullb.s8 q6, q4, q5\n\t"
        "vmullt.s8 q4, q4, q5\n\t"
        "vmovlb.s16 q5, q6\n\t"
        "vmovlt.s16 q6, q6\n\t"
        "vmovlb.s16 q7, q4\n\t"
        "vmovlt.s16 q4, q4\n\t"
        "vadd.i32 q0, q0, q5\n\t"
        "vadd.i32 q1, q1, q6\n\t"
        "vadd.i32 q2, q2, q7\n\t"
        "vadd.i32 q3, q3, q4\n\t"
        @for i 4@
        "vldrw.u32 q@(i + 4)@, [r9], #16\n\t"
        "vadd.i32 q@i@, q@i@, q@(i + 4)@\n\t"
        @end@
        @for i 4@
        "vldrw.u32 q@(i + 4)@, [r9], #16\n\t"
        "vmulh.s32 q@(i + 4)@, q@i@, q@(i + 4)@\n\t"
        @end@
        "vqrshrnb.s32 q4, q4, #2\n\t"
        "vqrshrnt.s32 q4, q5, #2\n\t"
        "vqrshrnb.s32 q6, q6, #2\n\t"
        "vqrshrnt.s32 q6, q7, #2\n\t"
        "vqadd.s16 q4, q4, r12\n\t"
        "vqadd.s16 q6, q6, r12\n\t"
        "@NARROW@b.s16 q4, q4\n\t"
        "@NARROW@t.s16 q4, q6\n\t"
        "ldr r0, [r9], #4\n\t"
        "vstrb.8 q4, [r10], #16\n\t"
        "cmp r0, #0\n\t"
        "beq 1b\n\t"
        "lsls r11, r0, #16\n\t" /* is there an exception, or is it the last block, or the next? */
        "beq 4f\n\t"
        @for i 4@
        "vstrw.32 q@i@, [sp, #@(16 * i)@]\n\t"
        @end@
        "str r0, [sp, #68]\n\t"
        "2:\n\t"
        "ldrd r0, r11, [r9], #8\n\t"
        "uxtb r12, r0\n\t"
        "ldr r12, [sp, r12]\n\t"
        "cmp r12, r11\n\t"
        "beq 6f\n\t"
        "3:\n\t"
        "lsls r0, r0, #16\n\t"
        "bmi 2b\n\t"
        "ldrd r11, r0, [sp, #64]\n\t"
        "ldr r12, [r11, #120]\n\t"
        "4:\n\t"
        "lsls r11, r0, #1\n\t"
        "bmi 7f\n\t"
        "cmp r0, #0\n\t"
        "bpl 1b\n\t"
        "ldr r0, [sp, #64]\n\t" /* the next pixel */
        "ldr r11, [r0, #112]\n\t"
        "subs r11, r11, #1\n\t"
        "beq 8f\n\t"
        "str r11, [r0, #112]\n\t"
        "ldrd r9, r11, [r0, #96]\n\t"
        "cmp r11, #0\n\t"
        "beq 1b\n\t"
        @for i 3@
        "vldrw.u32 q0, [r0, #@(16 * i)@]\n\t"
        "vldrw.u32 q1, [r0, #@(16 * i + 48)@]\n\t"
        "vadd.i32 q0, q0, q1\n\t"
        "vstrw.32 q0, [r0, #@(16 * i)@]\n\t"
        @end@
        "ldrd r10, r11, [r0, #104]\n\t"
        "add r10, r10, r11\n\t"
        "str r10, [r0, #104]\n\t"
        "ldm r0, {r1-r8, lr}\n\t"
        "b 1b\n\t"
        "6:\n\t"
        "ubfx r12, r0, #8, #4\n\t"
        "add r12, r10, r12\n\t"
        "asrs r11, r0, #16\n\t"
        "strb r11, [r12, #-16]\n\t"
        "b 3b\n\t"
        "7:\n\t" /* the last block overlaps this one */
        "ldr r11, [sp, #64]\n\t"
        "ldr r11, [r11, #116]\n\t"
        @for i 8@
        "sub r@(i + 1)@, r@(i + 1)@, r11\n\t"
        @end@
        "sub lr, lr, r11\n\t"
        "sub r10, r10, r11\n\t"
        "b 1b\n\t"
        "8:\n\t"
        "add sp, sp, #72\n\t"
        "pop {r4-r11}\n\t"
        : "+r"(from)
        :
        : "r1", "r2", "r3", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc",
          "memory");
#else
    (void)arguments;
#endif
}
