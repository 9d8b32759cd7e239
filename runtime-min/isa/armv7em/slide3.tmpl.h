#include "kept.h"

/* One output row of a depthwise convolution of 3 rows and 3 columns of taps, by a horizontal stride of @STRIDE@. Of each pair of columns a channel's values become two pairs of 16 bits of the first two rows and one of the third; they finish @if STRIDE == 1@two sums and begin the next two@end@@if STRIDE == 2@a sum and begin the next one@end@, in a loop that is written out four times and entered in the middle where that has to be. Returns 0 for rows of other shapes than the usual ones.
 * In the frame: 0 and 8 pairs of weights that begin and finish sums, 16 first sum, 20 multiplier, 24 offset, 28 flags, 32 the channel's first value, 36 where the loop ends, 40 table, 44 its end, 48 padding as a pair, 52 masks of weights, 64 y, 68 distances of the other two rows, 76 of y, 80 of columns, 84 where the loop is entered, 88 which output@if STRIDE == 1@s are@end@@if STRIDE == 2@ is@end@ left behind it. */
static int brn_@NAME@(const @a.c@ *const *rows, uint32_t in_w, uint32_t c, int32_t pad, int32_t x_zero, const int32_t *table, int32_t offset, @y.c@ *y, uint32_t out_w)
{
#if defined(__GNUC__)
    const @a.c@ *const some = rows[0] != NULL ? rows[0] : (rows[1] != NULL ? rows[1] : rows[2]);
    const uint32_t x0 = (uint32_t)(rows[0] != NULL ? rows[0] : some);
    const uint32_t x1 = (uint32_t)(rows[1] != NULL ? rows[1] : some);
    const uint32_t x2 = (uint32_t)(rows[2] != NULL ? rows[2] : some);
    const uint32_t plan = brn_slide3_plan(some != NULL ? in_w : 0u, pad, out_w, @STRIDE@u);
    const uint32_t row0 = rows[0] != NULL ? 0xFFFFFFFFu : 0u;
    const uint32_t row1 = rows[1] != NULL ? 0xFFFFFFFFu : 0u;
    const uint32_t row2 = rows[2] != NULL ? 0xFFFFFFFFu : 0u;
    const uint32_t masked = (row0 & row1 & row2) == 0u ? 0x40000000u : 0u;
    const uint32_t loop = x0 + (2u - (uint32_t)pad) * c; /* the first column of the loop */
    uint32_t frame[23] = {0u};
    if (plan == 0u || c == 0u) {
        return 0;
    }
    frame[6] = (uint32_t)offset;
    frame[7] = (plan & 0x80000000u) | masked;
    frame[8] = x0;
    frame[9] = loop + 2u * (plan & 0xFFFFu) * c@if STRIDE == 1@ - 1u@end@;
    frame[10] = (uint32_t)table;
    frame[11] = (uint32_t)(table + 5u * c);
    frame[12] = ((uint32_t)x_zero & 0xFFFFu) | (uint32_t)x_zero << 16;
    frame[13] = (row0 & 0x0000FFFFu) | (row1 & 0xFFFF0000u);
    frame[14] = (row0 & 0x000000FFu) | (row1 & 0x00FF0000u) | (row2 & 0xFF00FF00u);
    frame[15] = row2;
    frame[16] = (uint32_t)y;
    frame[17] = x1 - x0;
    frame[18] = x2 - x0;
    frame[19] = (uint32_t)y - (loop + c);
    frame[20] = c;
    frame[21] = brn_slide3_entry(plan);
    frame[22] = plan >> 27 & 7u;
    register uint32_t *from __asm__("r0") = frame;
    __asm__ volatile(
        "push {r4-r11}\n\t"
        "sub sp, sp, #96\n\t"
        "ldm r0!, {r2-r12}\n\t"
        "stm sp, {r2-r12}\n\t"
        "ldm r0, {r0-r11}\n\t"
        "add r12, sp, #44\n\t"
        "stm r12, {r0-r11}\n\t"
        "ldrd r1, r2, [sp, #68]\n\t"
        @if STRIDE == 1@
        "ldrd r3, r4, [sp, #76]\n\t"
        @end@
        @if STRIDE == 2@
        "ldr r4, [sp, #80]\n\t"
        @end@
        BRN_KEPT_LAST(r12, s6, 24)
        "ldr r12, [sp, #40]\n\t"
        "1: ldm r12!, {r5-r9}\n\t" /* first sum, multiplier, weights */
        "str r12, [sp, #40]\n\t"
        "ldrd r0, @END@, [sp, #32]\n\t"
        "add r11, r0, #1\n\t"
        "add r10, @END@, #1\n\t"
        "strd r11, r10, [sp, #32]\n\t"
        @if STRIDE == 2@
        "ldr r3, [sp, #64]\n\t"
        "add r10, r3, #1\n\t"
        "str r10, [sp, #64]\n\t"
        @end@
        "bic r6, r6, #0x80000000\n\t"
        "ldr r10, [sp, #28]\n\t"
        "lsls r10, r10, #1\n\t"
        "bmi 7f\n\t"
        "2: " BRN_KEEP(r5, r6, s4, s5, 16)
        "mov r12, r5\n\t"
        "sxtb16 r10, r8, ror #8\n\t"
        "sxtb16 r11, r7\n\t"
        BRN_KEEP(r10, r11, s0, s1, 0)
        "sxtb16 r5, r7, ror #8\n\t"
        "sxtb16 r8, r8\n\t"
        "sxtb16 r9, r9\n\t"
        BRN_KEEP(r9, r8, s2, s3, 8)
        "bcc 3f\n\t"
        "@LOAD@ r6, [r0]\n\t" /* column 0, if it isn't padding */
        "@LOAD@ r9, [r0, r1]\n\t"
        "@LOAD@ r8, [r0, r2]\n\t"
        "add r0, r0, r4\n\t"
        "pkhbt r6, r6, r9, lsl #16\n\t"
        "b 4f\n\t"
        "3: ldr r6, [sp, #48]\n\t"
        "mov r8, r6\n\t"
        "4: @LOAD@ r7, [r0]\n\t"
        "@LOAD@ r9, [r0, r1]\n\t"
        "pkhbt r7, r7, r9, lsl #16\n\t"
        "@LOAD@ r9, [r0, r2]\n\t"
        "add r0, r0, r4\n\t"
        "pkhbt r8, r8, r9, lsl #16\n\t"
        @if STRIDE == 1@
        "smlad lr, r7, r11, r12\n\t"
        @end@
        "smlad r12, r6, r11, r12\n\t"
        "smlad r12, r7, r5, r12\n\t"
        "smlad r12, r8, r10, r12\n\t"
        @if STRIDE == 1@
        "smlatb lr, r8, r10, lr\n\t"
        @end@
        "ldr r9, [sp, #84]\n\t"
        "tbh [pc, r9, lsl #1]\n\t"
        "4: .hword (5f - 4b) / 2, (5f - 4b) / 2 + @WORDS@, (5f - 4b) / 2 + @(2 * WORDS)@, (5f - 4b) / 2 + @(3 * WORDS)@\n\t"
        ".hword (6f - 4b) / 2, 0\n\t"
        "5:\n\t"
        ".rept 4\n\t" /* of instructions of 4 bytes */
        @if STRIDE == 1@
        "@LOAD@.w r6, [r0]\n\t" /* a column, which finishes a sum */
        "@LOAD@ r9, [r0, r1]\n\t"
        "@LOAD@ r8, [r0, r2]\n\t"
        BRN_KEPT(r10, r11, s2, s3, 8)
        "add.w r0, r0, r4\n\t"
        "pkhbt r6, r6, r9, lsl #16\n\t"
        "smlabt r12, r8, r10, r12\n\t"
        "smlad r12, r6, r11, r12\n\t"
        "smlad lr, r6, r5, lr\n\t"
        "@LOAD@.w r7, [r0]\n\t" /* the next one, which finishes another */
        "@LOAD@ r9, [r0, r1]\n\t"
        "pkhbt r7, r7, r9, lsl #16\n\t"
        "@LOAD@ r9, [r0, r2]\n\t"
        "smlad lr, r7, r11, lr\n\t"
        "pkhbt r8, r8, r9, lsl #16\n\t"
        "smlad lr, r8, r10, lr\n\t"
        BRN_KEPT(r10, r11, s5, s6, 20)
        "smmla r12, r12, r10, r11\n\t"
        "smmla lr, lr, r10, r11\n\t"
        "@SATURATE@ r12, #8, r12, asr #2\n\t"
        "@SATURATE@ lr, #8, lr, asr #2\n\t"
        "strb r12, [r0, r3]\n\t"
        "add.w r0, r0, r4\n\t"
        "strb lr, [r0, r3]\n\t"
        BRN_KEPT(r10, r11, s0, s1, 0) /* both begin the next two */
        BRN_KEPT_ONE(r9, s4, 16)
        "smlad r12, r6, r11, r9\n\t"
        "smlad lr, r7, r11, r9\n\t"
        "smlad r12, r7, r5, r12\n\t"
        "smlad r12, r8, r10, r12\n\t"
        "smlatb lr, r8, r10, lr\n\t"
        @end@
        @if STRIDE == 2@
        "@LOAD@.w r6, [r0]\n\t" /* a column, which finishes a sum */
        "@LOAD@ r9, [r0, r1]\n\t"
        "@LOAD@ r8, [r0, r2]\n\t"
        BRN_KEPT(r10, r11, s2, s3, 8)
        "add.w r0, r0, r4\n\t"
        "pkhbt r6, r6, r9, lsl #16\n\t"
        "smlabt r12, r8, r10, r12\n\t"
        "smlad r12, r6, r11, r12\n\t"
        BRN_KEPT(r10, r11, s5, s6, 20)
        "smmla r12, r12, r10, r11\n\t"
        "@SATURATE@ r12, #8, r12, asr #2\n\t"
        "strb r12, [r3]\n\t"
        "add.w r3, r3, r4\n\t"
        "@LOAD@.w r7, [r0]\n\t" /* the next one; both begin a sum */
        "@LOAD@ r9, [r0, r1]\n\t"
        "pkhbt r7, r7, r9, lsl #16\n\t"
        "@LOAD@ r9, [r0, r2]\n\t"
        BRN_KEPT(r10, r11, s0, s1, 0)
        BRN_KEPT_ONE(r12, s4, 16)
        "add.w r0, r0, r4\n\t"
        "pkhbt r8, r8, r9, lsl #16\n\t"
        "smlad r12, r6, r11, r12\n\t"
        "smlad r12, r7, r5, r12\n\t"
        "smlad r12, r8, r10, r12\n\t"
        @end@
        ".endr\n\t"
        @if STRIDE == 1@
        "ldr r9, [sp, #36]\n\t"
        "cmp r0, r9\n\t"
        @end@
        @if STRIDE == 2@
        "cmp r0, lr\n\t"
        @end@
        "bne 5b\n\t"
        "6: ldr r9, [sp, #88]\n\t"
        "tbb [pc, r9]\n\t"
        "4: .byte (9f - 4b) / 2, (9f - 4b) / 2, (9f - 4b) / 2, (9f - 4b) / 2\n\t"
        @if STRIDE == 1@
        ".byte (5f - 4b) / 2, (3f - 4b) / 2, (6f - 4b) / 2, 0\n\t"
        "3:\n\t" /* two are left, the second of which ends with padding */
        "@LOAD@ r6, [r0]\n\t"
        "@LOAD@ r9, [r0, r1]\n\t"
        "@LOAD@ r8, [r0, r2]\n\t"
        BRN_KEPT(r10, r11, s2, s3, 8)
        "pkhbt r6, r6, r9, lsl #16\n\t"
        "ldr r7, [sp, #48]\n\t"
        "smlad lr, r6, r5, lr\n\t"
        "smlad lr, r7, r11, lr\n\t"
        "pkhbt r7, r8, r7, lsl #16\n\t"
        "smlad lr, r7, r10, lr\n\t"
        BRN_KEPT(r10, r11, s5, s6, 20)
        "smmla lr, lr, r10, r11\n\t"
        "@SATURATE@ lr, #8, lr, asr #2\n\t"
        "add r9, r0, r4, lsl #1\n\t"
        "strb lr, [r9, r3]\n\t"
        "b 4f\n\t"
        @end@
        @if STRIDE == 2@
        ".byte (5f - 4b) / 2, 0, (6f - 4b) / 2, 0\n\t"
        @end@
        "5: @LOAD@ r6, [r0]\n\t" /* one is left */
        "@LOAD@ r9, [r0, r1]\n\t"
        "@LOAD@ r8, [r0, r2]\n\t"
        "pkhbt r6, r6, r9, lsl #16\n\t"
        "b 4f\n\t"
        "6: ldr r6, [sp, #48]\n\t" /* one, which ends with padding */
        "mov r8, r6\n\t"
        "4: " BRN_KEPT(r10, r11, s2, s3, 8)
        @if STRIDE == 1@
        "add r0, r0, r4\n\t"
        @end@
        "smlabt r12, r8, r10, r12\n\t"
        "smlad r12, r6, r11, r12\n\t"
        BRN_KEPT(r10, r11, s5, s6, 20)
        "smmla r12, r12, r10, r11\n\t"
        "@SATURATE@ r12, #8, r12, asr #2\n\t"
        @if STRIDE == 1@
        "strb r12, [r0, r3]\n\t"
        @end@
        @if STRIDE == 2@
        "strb r12, [r3]\n\t"
        @end@
        "9: ldrd r12, r11, [sp, #40]\n\t"
        "cmp r12, r11\n\t"
        "bne 1b\n\t"
        "b 8f\n\t"
        "7: ldr r10, [sp, #52]\n\t" /* rows of zeros: their weights times zero join the first sum */
        "bic r11, r7, r10\n\t"
        "and r7, r7, r10\n\t"
        "ldr r10, [sp, #48]\n\t"
        "sxtb16 r12, r11\n\t"
        "smlad r5, r12, r10, r5\n\t"
        "sxtb16 r12, r11, ror #8\n\t"
        "smlad r5, r12, r10, r5\n\t"
        "ldr r10, [sp, #56]\n\t"
        "bic r11, r8, r10\n\t"
        "and r8, r8, r10\n\t"
        "ldr r10, [sp, #48]\n\t"
        "sxtb16 r12, r11\n\t"
        "smlad r5, r12, r10, r5\n\t"
        "sxtb16 r12, r11, ror #8\n\t"
        "smlad r5, r12, r10, r5\n\t"
        "ldr r10, [sp, #60]\n\t"
        "bic r11, r9, r10\n\t"
        "and r9, r9, r10\n\t"
        "ldr r10, [sp, #48]\n\t"
        "bic r11, r11, #255\n\t"
        "sxtb16 r12, r11\n\t"
        "smlad r5, r12, r10, r5\n\t"
        "b 2b\n\t"
        "8: add sp, sp, #96\n\t"
        "pop {r4-r11}\n\t"
        : "+r"(from)
        :
        : "r1", "r2", "r3", "r12", "lr", BRN_KEPT_IN "cc", "memory");
    return 1;
#else
    (void)rows;
    (void)in_w;
    (void)c;
    (void)pad;
    (void)x_zero;
    (void)table;
    (void)offset;
    (void)y;
    (void)out_w;
    return 0;
#endif
}
