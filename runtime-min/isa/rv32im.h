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
