/* Armv6-M (Cortex-M0+): products of 32 bits into low registers only. The loops over depth are assembly, so that the sums stay in
 * the high registers, which compilers hardly use. */
#include <stddef.h>
#include <stdint.h>

/* brn_pairs of one pixel. */
static void brn_pairs1(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    const uint32_t *const end = panel + 2u * quads;
#if defined(__GNUC__)
    register const uint32_t *x __asm__("r0") = panel;
    register const uint32_t *v __asm__("r1") = w;
    register uint32_t *sums __asm__("r2") = acc;
    register const uint32_t *stop __asm__("r3") = end;
    __asm__ volatile(".syntax unified\n\t"
                     "push {r2, r3}\n\t"
                     "ldm r2!, {r4, r5}\n\t"
                     "mov r8, r4\n\t"
                     "mov r9, r5\n\t"
                     "1: ldm r1!, {r2}\n\t"
                     "sxtb r3, r2\n\t"
                     "lsls r4, r2, #16\n\t"
                     "asrs r4, r4, #24\n\t"
                     "ldr r5, [r0, #0]\n\t"
                     "sxth r5, r5\n\t"
                     "mov r6, r5\n\t"
                     "muls r6, r3, r6\n\t"
                     "add r8, r6\n\t"
                     "muls r5, r4, r5\n\t"
                     "add r9, r5\n\t"
                     "lsls r3, r2, #8\n\t"
                     "asrs r3, r3, #24\n\t"
                     "asrs r4, r2, #24\n\t"
                     "ldr r5, [r0, #0]\n\t"
                     "asrs r5, r5, #16\n\t"
                     "mov r6, r5\n\t"
                     "muls r6, r3, r6\n\t"
                     "add r8, r6\n\t"
                     "muls r5, r4, r5\n\t"
                     "add r9, r5\n\t"
                     "adds r0, #4\n\t"
                     "ldr r5, [sp, #4]\n\t"
                     "cmp r0, r5\n\t"
                     "bne 1b\n\t"
                     "pop {r2, r3}\n\t"
                     "mov r4, r8\n\t"
                     "mov r5, r9\n\t"
                     "stm r2!, {r4, r5}"
                     : "+r"(x), "+r"(v), "+r"(sums), "+r"(stop)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "cc", "memory");
#else
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    for (; panel != end; panel += 1, ++w) {
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_even_s8(*w >> 8);
        acc0 = brn_dual(panel[0], w0, acc0);
        acc1 = brn_dual(panel[0], w1, acc1);
    }
    acc[0] = acc0;
    acc[1] = acc1;
#endif
}

/* The upper 32 bits of acc * mult, plus offset, divided by 2^shift and rounded down; offset holds what rounds, and the zero point. The product is made of those of 16-bit halves: there is no long multiplication. 0 <= mult. */
static int32_t brn_scale_high(uint32_t acc, int32_t mult, int32_t offset, uint32_t shift)
{
    const uint32_t m0 = (uint32_t)mult & 0xFFFFu;
    const int32_t m1 = mult >> 16;
#if defined(__GNUC__)
    uint32_t low, middle, part;
    __asm__(".syntax unified\n\t"
            "uxth %[low], %[high]\n\t"
            "asrs %[high], %[high], #16\n\t"
            "mov %[part], %[low]\n\t"
            "muls %[part], %[m0], %[part]\n\t"
            "lsrs %[part], %[part], #16\n\t"
            "mov %[middle], %[high]\n\t"
            "muls %[middle], %[m0], %[middle]\n\t"
            "adds %[middle], %[middle], %[part]\n\t"
            "uxth %[part], %[middle]\n\t"
            "asrs %[middle], %[middle], #16\n\t"
            "muls %[low], %[m1], %[low]\n\t"
            "adds %[low], %[low], %[part]\n\t"
            "asrs %[low], %[low], #16\n\t"
            "muls %[high], %[m1], %[high]\n\t"
            "adds %[high], %[high], %[middle]\n\t"
            "adds %[high], %[high], %[low]"
            : [high] "+l"(acc), [low] "=&l"(low), [middle] "=&l"(middle), [part] "=&l"(part)
            : [m0] "l"(m0), [m1] "l"(m1)
            : "cc");
    return ((int32_t)acc + offset) >> shift;
#else
    const uint32_t low = acc & 0xFFFFu;
    const int32_t high = (int32_t)acc >> 16;
    const uint32_t lowest = low * m0 >> 16;
    const int32_t first = high * (int32_t)m0 + (int32_t)lowest;
    const int32_t second = (int32_t)low * m1 + (first & 0xFFFF);
    return (high * m1 + (first >> 16) + (second >> 16) + offset) >> shift;
#endif
}
