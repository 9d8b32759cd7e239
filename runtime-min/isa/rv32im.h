/* RISC-V with multiplication. The loops over depth are assembly, so that the sums stay in registers: compilers move the
 * products of several steps together and spill. */
#include "bytewise"

#include <stddef.h>
#include <stdint.h>

/* brn_pairs of one pixel. */
static void brn_pairs1(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    const uint32_t *const end = panel + 2u * quads;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x, t;
    __asm__ volatile("1:\n\t"
                     "lb %[w0], 0(%[w])\n\t"
                     "lb %[w1], 1(%[w])\n\t"
                     "lh %[x], 0(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lb %[w0], 4(%[w])\n\t"
                     "lb %[w1], 5(%[w])\n\t"
                     "lh %[x], 4(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lb %[w0], 2(%[w])\n\t"
                     "lb %[w1], 3(%[w])\n\t"
                     "lh %[x], 2(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lb %[w0], 6(%[w])\n\t"
                     "lb %[w1], 7(%[w])\n\t"
                     "lh %[x], 6(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "addi %[panel], %[panel], 8\n\t"
                     "addi %[w], %[w], 8\n\t"
                     "bne %[panel], %[end], 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x),
                       [t] "=&r"(t)
                     : [end] "r"(end)
                     : "memory");
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
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x, t;
    __asm__ volatile("1:\n\t"
                     "lb %[w0], 0(%[w])\n\t"
                     "lb %[w1], 1(%[w])\n\t"
                     "lh %[x], 0(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 4(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lb %[w0], 4(%[w])\n\t"
                     "lb %[w1], 5(%[w])\n\t"
                     "lh %[x], 8(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 12(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lb %[w0], 2(%[w])\n\t"
                     "lb %[w1], 3(%[w])\n\t"
                     "lh %[x], 2(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 6(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lb %[w0], 6(%[w])\n\t"
                     "lb %[w1], 7(%[w])\n\t"
                     "lh %[x], 10(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 14(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "addi %[panel], %[panel], 16\n\t"
                     "addi %[w], %[w], 8\n\t"
                     "bne %[panel], %[end], 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x),
                       [t] "=&r"(t)
                     : [end] "r"(end)
                     : "memory");
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
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x, t;
    __asm__ volatile("1:\n\t"
                     "lb %[w0], 0(%[w])\n\t"
                     "lb %[w1], 1(%[w])\n\t"
                     "lh %[x], 0(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 4(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 8(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lb %[w0], 4(%[w])\n\t"
                     "lb %[w1], 5(%[w])\n\t"
                     "lh %[x], 12(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 16(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 20(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lb %[w0], 2(%[w])\n\t"
                     "lb %[w1], 3(%[w])\n\t"
                     "lh %[x], 2(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 6(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 10(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lb %[w0], 6(%[w])\n\t"
                     "lb %[w1], 7(%[w])\n\t"
                     "lh %[x], 14(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 18(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 22(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "addi %[panel], %[panel], 24\n\t"
                     "addi %[w], %[w], 8\n\t"
                     "bne %[panel], %[end], 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [a4] "+r"(acc4), [a5] "+r"(acc5),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x),
                       [t] "=&r"(t)
                     : [end] "r"(end)
                     : "memory");
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
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    uint32_t w0, w1, x, t;
    __asm__ volatile("1:\n\t"
                     "lb %[w0], 0(%[w])\n\t"
                     "lb %[w1], 1(%[w])\n\t"
                     "lh %[x], 0(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 4(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 8(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lh %[x], 12(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a6], %[a6], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a7], %[a7], %[t]\n\t"
                     "lb %[w0], 4(%[w])\n\t"
                     "lb %[w1], 5(%[w])\n\t"
                     "lh %[x], 16(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 20(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 24(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lh %[x], 28(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a6], %[a6], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a7], %[a7], %[t]\n\t"
                     "lb %[w0], 2(%[w])\n\t"
                     "lb %[w1], 3(%[w])\n\t"
                     "lh %[x], 2(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 6(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 10(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lh %[x], 14(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a6], %[a6], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a7], %[a7], %[t]\n\t"
                     "lb %[w0], 6(%[w])\n\t"
                     "lb %[w1], 7(%[w])\n\t"
                     "lh %[x], 18(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a0], %[a0], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a1], %[a1], %[t]\n\t"
                     "lh %[x], 22(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a2], %[a2], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a3], %[a3], %[t]\n\t"
                     "lh %[x], 26(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a4], %[a4], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a5], %[a5], %[t]\n\t"
                     "lh %[x], 30(%[panel])\n\t"
                     "mul %[t], %[x], %[w0]\n\t"
                     "add %[a6], %[a6], %[t]\n\t"
                     "mul %[t], %[x], %[w1]\n\t"
                     "add %[a7], %[a7], %[t]\n\t"
                     "addi %[panel], %[panel], 32\n\t"
                     "addi %[w], %[w], 8\n\t"
                     "bne %[panel], %[end], 1b"
                     : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                       [a4] "+r"(acc4), [a5] "+r"(acc5), [a6] "+r"(acc6), [a7] "+r"(acc7),
                       [panel] "+r"(panel), [w] "+r"(w),
                       [w0] "=&r"(w0), [w1] "=&r"(w1), [x] "=&r"(x),
                       [t] "=&r"(t)
                     : [end] "r"(end)
                     : "memory");
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
