/* Armv7-M without the DSP extension (Cortex-M3): a product and its sum are one instruction. */
#include "bytewise"

#include <stddef.h>
#include <stdint.h>

/* brn_pairs of one pixel. */
static void brn_pairs1(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    const uint32_t *const end = panel + 2u * quads;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x;
    __asm__ volatile("1:\n\t"
                     "ldrsb %[w0], [%[w], #0]\n\t"
                     "ldrsb %[w1], [%[w], #1]\n\t"
                     "ldrsh %[x], [%[panel], #0]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsb %[w0], [%[w], #4]\n\t"
                     "ldrsb %[w1], [%[w], #5]\n\t"
                     "ldrsh %[x], [%[panel], #4]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsb %[w0], [%[w], #2]\n\t"
                     "ldrsb %[w1], [%[w], #3]\n\t"
                     "ldrsh %[x], [%[panel], #2]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsb %[w0], [%[w], #6]\n\t"
                     "ldrsb %[w1], [%[w], #7]\n\t"
                     "ldrsh %[x], [%[panel], #6]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "adds %[panel], %[panel], #8\n\t"
                     "adds %[w], %[w], #8\n\t"
                     "ldr %[x], %[end]\n\t"
                     "cmp %[panel], %[x]\n\t"
                     "bne 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x)
                     : [end] "m"(end)
                     : "cc", "memory");
#else
    for (; panel != end; panel += 1, ++w) {
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_even_s8(*w >> 8);
        acc0 = brn_dual(panel[0], w0, acc0);
        acc1 = brn_dual(panel[0], w1, acc1);
    }
#endif
    acc[0] = acc0;
    acc[1] = acc1;
}

/* brn_pairs of two pixels. */
static void brn_pairs2(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    uint32_t acc2 = acc[2];
    uint32_t acc3 = acc[3];
    const uint32_t *const end = panel + 4u * quads;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x;
    __asm__ volatile("1:\n\t"
                     "ldrsb %[w0], [%[w], #0]\n\t"
                     "ldrsb %[w1], [%[w], #1]\n\t"
                     "ldrsh %[x], [%[panel], #0]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #4]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsb %[w0], [%[w], #4]\n\t"
                     "ldrsb %[w1], [%[w], #5]\n\t"
                     "ldrsh %[x], [%[panel], #8]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #12]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsb %[w0], [%[w], #2]\n\t"
                     "ldrsb %[w1], [%[w], #3]\n\t"
                     "ldrsh %[x], [%[panel], #2]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #6]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsb %[w0], [%[w], #6]\n\t"
                     "ldrsb %[w1], [%[w], #7]\n\t"
                     "ldrsh %[x], [%[panel], #10]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #14]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "adds %[panel], %[panel], #16\n\t"
                     "adds %[w], %[w], #8\n\t"
                     "ldr %[x], %[end]\n\t"
                     "cmp %[panel], %[x]\n\t"
                     "bne 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x)
                     : [end] "m"(end)
                     : "cc", "memory");
#else
    for (; panel != end; panel += 2, ++w) {
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_even_s8(*w >> 8);
        acc0 = brn_dual(panel[0], w0, acc0);
        acc1 = brn_dual(panel[0], w1, acc1);
        acc2 = brn_dual(panel[1], w0, acc2);
        acc3 = brn_dual(panel[1], w1, acc3);
    }
#endif
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
}

/* brn_pairs of three pixels. */
static void brn_pairs3(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    uint32_t acc2 = acc[2];
    uint32_t acc3 = acc[3];
    uint32_t acc4 = acc[4];
    uint32_t acc5 = acc[5];
    const uint32_t *const end = panel + 6u * quads;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x;
    __asm__ volatile("1:\n\t"
                     "ldrsb %[w0], [%[w], #0]\n\t"
                     "ldrsb %[w1], [%[w], #1]\n\t"
                     "ldrsh %[x], [%[panel], #0]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #4]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #8]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsb %[w0], [%[w], #4]\n\t"
                     "ldrsb %[w1], [%[w], #5]\n\t"
                     "ldrsh %[x], [%[panel], #12]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #16]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #20]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsb %[w0], [%[w], #2]\n\t"
                     "ldrsb %[w1], [%[w], #3]\n\t"
                     "ldrsh %[x], [%[panel], #2]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #6]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #10]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsb %[w0], [%[w], #6]\n\t"
                     "ldrsb %[w1], [%[w], #7]\n\t"
                     "ldrsh %[x], [%[panel], #14]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #18]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #22]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "adds %[panel], %[panel], #24\n\t"
                     "adds %[w], %[w], #8\n\t"
                     "ldr %[x], %[end]\n\t"
                     "cmp %[panel], %[x]\n\t"
                     "bne 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [a4] "+r"(acc4), [a5] "+r"(acc5),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x)
                     : [end] "m"(end)
                     : "cc", "memory");
#else
    for (; panel != end; panel += 3, ++w) {
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_even_s8(*w >> 8);
        acc0 = brn_dual(panel[0], w0, acc0);
        acc1 = brn_dual(panel[0], w1, acc1);
        acc2 = brn_dual(panel[1], w0, acc2);
        acc3 = brn_dual(panel[1], w1, acc3);
        acc4 = brn_dual(panel[2], w0, acc4);
        acc5 = brn_dual(panel[2], w1, acc5);
    }
#endif
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
}

/* brn_pairs of four pixels. */
static void brn_pairs4(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    uint32_t acc2 = acc[2];
    uint32_t acc3 = acc[3];
    uint32_t acc4 = acc[4];
    uint32_t acc5 = acc[5];
    uint32_t acc6 = acc[6];
    uint32_t acc7 = acc[7];
    const uint32_t *const end = panel + 8u * quads;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x;
    __asm__ volatile("1:\n\t"
                     "ldrsb %[w0], [%[w], #0]\n\t"
                     "ldrsb %[w1], [%[w], #1]\n\t"
                     "ldrsh %[x], [%[panel], #0]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #4]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #8]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsh %[x], [%[panel], #12]\n\t"
                     "mla %[a6], %[x], %[w0], %[a6]\n\t"
                     "mla %[a7], %[x], %[w1], %[a7]\n\t"
                     "ldrsb %[w0], [%[w], #4]\n\t"
                     "ldrsb %[w1], [%[w], #5]\n\t"
                     "ldrsh %[x], [%[panel], #16]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #20]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #24]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsh %[x], [%[panel], #28]\n\t"
                     "mla %[a6], %[x], %[w0], %[a6]\n\t"
                     "mla %[a7], %[x], %[w1], %[a7]\n\t"
                     "ldrsb %[w0], [%[w], #2]\n\t"
                     "ldrsb %[w1], [%[w], #3]\n\t"
                     "ldrsh %[x], [%[panel], #2]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #6]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #10]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsh %[x], [%[panel], #14]\n\t"
                     "mla %[a6], %[x], %[w0], %[a6]\n\t"
                     "mla %[a7], %[x], %[w1], %[a7]\n\t"
                     "ldrsb %[w0], [%[w], #6]\n\t"
                     "ldrsb %[w1], [%[w], #7]\n\t"
                     "ldrsh %[x], [%[panel], #18]\n\t"
                     "mla %[a0], %[x], %[w0], %[a0]\n\t"
                     "mla %[a1], %[x], %[w1], %[a1]\n\t"
                     "ldrsh %[x], [%[panel], #22]\n\t"
                     "mla %[a2], %[x], %[w0], %[a2]\n\t"
                     "mla %[a3], %[x], %[w1], %[a3]\n\t"
                     "ldrsh %[x], [%[panel], #26]\n\t"
                     "mla %[a4], %[x], %[w0], %[a4]\n\t"
                     "mla %[a5], %[x], %[w1], %[a5]\n\t"
                     "ldrsh %[x], [%[panel], #30]\n\t"
                     "mla %[a6], %[x], %[w0], %[a6]\n\t"
                     "mla %[a7], %[x], %[w1], %[a7]\n\t"
                     "adds %[panel], %[panel], #32\n\t"
                     "adds %[w], %[w], #8\n\t"
                     "ldr %[x], %[end]\n\t"
                     "cmp %[panel], %[x]\n\t"
                     "bne 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [a4] "+r"(acc4), [a5] "+r"(acc5), [a6] "+r"(acc6), [a7] "+r"(acc7),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x)
                     : [end] "m"(end)
                     : "cc", "memory");
#else
    for (; panel != end; panel += 4, ++w) {
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_even_s8(*w >> 8);
        acc0 = brn_dual(panel[0], w0, acc0);
        acc1 = brn_dual(panel[0], w1, acc1);
        acc2 = brn_dual(panel[1], w0, acc2);
        acc3 = brn_dual(panel[1], w1, acc3);
        acc4 = brn_dual(panel[2], w0, acc4);
        acc5 = brn_dual(panel[2], w1, acc5);
        acc6 = brn_dual(panel[3], w0, acc6);
        acc7 = brn_dual(panel[3], w1, acc7);
    }
#endif
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
    acc[6] = acc6;
    acc[7] = acc7;
}
