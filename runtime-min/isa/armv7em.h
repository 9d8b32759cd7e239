/* Armv7E-M with the DSP extension (Cortex-M4, M7, M33): two products an instruction. The loops over depth need all
 * registers, more than compilers manage to leave them: they are assembly, whose twin in intrinsics is for other compilers and for
 * builds that don't optimise. */
#include <arm_acle.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The four bytes at p as a word. */
static inline uint32_t brn_word(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Bytes 0 and 2 of v, sign-extended to 16 bits. */
static inline uint32_t brn_even_s8(uint32_t v)
{
    return (uint32_t)__sxtb16((int8x4_t)v);
}

/* Bytes 1 and 3 of v, sign-extended to 16 bits. */
static inline uint32_t brn_odd_s8(uint32_t v)
{
#if defined(__GNUC__)
    uint32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(v));
    return pair;
#else
    return (uint32_t)__sxtb16((int8x4_t)(v >> 8));
#endif
}

/* Bytes 0 and 2 of v, extended to 16 bits. */
static inline uint32_t brn_even_u8(uint32_t v)
{
    return v & 0x00FF00FFu;
}

/* Bytes 1 and 3 of v, extended to 16 bits. */
static inline uint32_t brn_odd_u8(uint32_t v)
{
    return v >> 8 & 0x00FF00FFu;
}

/* a + the products of the signed 16-bit halves of x and y, modulo 2^32. */
static inline uint32_t brn_dual(uint32_t x, uint32_t y, uint32_t a)
{
    return (uint32_t)__smlad((int16x2_t)x, (int16x2_t)y, (int32_t)a);
}

/* How brn_slide3_s8_s8 and its like take a row: 0 if they can't, else the number of pairs of columns in their loop, and in the upper bits bit 31: column 0 isn't padding and begins the first sum; 29: there is an output behind the loop, 28: whose last column is padding; 27: there are two. */
static uint32_t brn_slide3_plan(uint32_t in_w, int32_t pad, uint32_t out_w, uint32_t stride)
{
    const uint32_t ends = stride == 1u ? 2u : 1u; /* outputs that a pair finishes */
    if (pad < 0 || pad > 1 || in_w + (uint32_t)pad < 2u || in_w > 0xFFFFu || out_w == 0u) {
        return 0u;
    }
    const uint32_t most = (in_w + (uint32_t)pad) / 2u - 1u;
    const uint32_t loop = most < out_w / ends ? most : out_w / ends;
    const uint32_t rest = out_w - ends * loop;
    const int outside = 2u * loop + 2u >= in_w + (uint32_t)pad;
    if (rest > ends || (rest == 2u && outside)) {
        return 0u;
    }
    return loop | (pad == 0 ? 0x80000000u : 0u) | (rest != 0u ? 0x20000000u : 0u) |
           (outside ? 0x10000000u : 0u) | (rest == 2u ? 0x08000000u : 0u);
}

/* brn_pairs of one pixel. */
static void brn_pairs1(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    const uint32_t *const end = panel + 2u * quads;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    const uint32_t *const last = panel + 2u * (quads & ~3u);
    if (panel != last) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 4\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x1], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x1], %[w1], %[a1]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(last)
                         : "cc", "memory");
    }
    if (panel != end) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 1\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x1], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x1], %[w1], %[a1]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(end)
                         : "cc", "memory");
    }
#else
    for (; panel != end; panel += 1, ++w) {
        const uint32_t both = *w;
        const uint32_t w0 = brn_even_s8(both);
        const uint32_t w1 = brn_odd_s8(both);
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
    const uint32_t *const last = panel + 4u * (quads & ~3u);
    if (panel != last) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 8\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(last)
                         : "cc", "memory");
    }
    if (panel != end) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 2\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(end)
                         : "cc", "memory");
    }
#else
    for (; panel != end; panel += 2, ++w) {
        const uint32_t both = *w;
        const uint32_t w0 = brn_even_s8(both);
        const uint32_t w1 = brn_odd_s8(both);
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
    const uint32_t *const last = panel + 6u * (quads & ~3u);
    if (panel != last) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 8\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         "ldr %[x0], [%[panel]], #4\n\t"
                         "smlad %[a4], %[x0], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x0], %[w1], %[a5]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [a4] "+r"(acc4), [a5] "+r"(acc5),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(last)
                         : "cc", "memory");
    }
    if (panel != end) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 2\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         "ldr %[x0], [%[panel]], #4\n\t"
                         "smlad %[a4], %[x0], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x0], %[w1], %[a5]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [a4] "+r"(acc4), [a5] "+r"(acc5),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(end)
                         : "cc", "memory");
    }
#else
    for (; panel != end; panel += 3, ++w) {
        const uint32_t both = *w;
        const uint32_t w0 = brn_even_s8(both);
        const uint32_t w1 = brn_odd_s8(both);
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
    const uint32_t *const last = panel + 8u * (quads & ~3u);
    if (panel != last) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 8\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "smlad %[a4], %[x0], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x0], %[w1], %[a5]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [a4] "+r"(acc4), [a5] "+r"(acc5), [a6] "+r"(acc6), [a7] "+r"(acc7),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(last)
                         : "cc", "memory");
    }
    if (panel != end) {
        uint32_t w0, w1, x0, x1;
        __asm__ volatile("1:\n\t"
                         ".rept 2\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "ldr %[w1], [%[w]], #4\n\t"
                         "sxtb16 %[w0], %[w1]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a2], %[x1], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         "ldrd %[x0], %[x1], [%[panel]], #8\n\t"
                         "smlad %[a4], %[x0], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x0], %[w1], %[a5]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[panel], %[x0]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [a4] "+r"(acc4), [a5] "+r"(acc5), [a6] "+r"(acc6), [a7] "+r"(acc7),
                           [panel] "+r"(panel), [w] "+r"(w),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [x0] "=&r"(x0), [x1] "=&r"(x1)
                         : [end] "m"(end)
                         : "cc", "memory");
    }
#else
    for (; panel != end; panel += 4, ++w) {
        const uint32_t both = *w;
        const uint32_t w0 = brn_even_s8(both);
        const uint32_t w1 = brn_odd_s8(both);
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

/* The sums of the lower and of the upper 16-bit halves of x and y, each modulo 2^16. */
static inline uint32_t brn_add2(uint32_t x, uint32_t y)
{
    return (uint32_t)__sadd16((int16x2_t)x, (int16x2_t)y);
}

/* The halves of x less those of y, each modulo 2^16. */
static inline uint32_t brn_sub2(uint32_t x, uint32_t y)
{
    return (uint32_t)__ssub16((int16x2_t)x, (int16x2_t)y);
}

/* The upper 32 bits of acc * mult, plus offset, divided by 2^shift and rounded down; offset holds what rounds, and the zero point. */
static int32_t brn_scale_high(uint32_t acc, int32_t mult, int32_t offset, uint32_t shift)
{
#if defined(__GNUC__)
    int32_t v;
    __asm__("smmla %0, %1, %2, %3" : "=r"(v) : "r"(acc), "r"(mult), "r"(offset));
    return v >> shift;
#else
    return ((int32_t)(((int64_t)(int32_t)acc * mult) >> 32) + offset) >> shift;
#endif
}

/* v brought into the range of int8_t. */
static int32_t brn_saturate_s8(int32_t v)
{
#if defined(__GNUC__)
    int32_t clamped;
    __asm__("ssat %0, #8, %1" : "=r"(clamped) : "r"(v));
    return clamped;
#else
    return __ssat(v, 8);
#endif
}

/* v brought into the range of uint8_t. */
static int32_t brn_saturate_u8(int32_t v)
{
#if defined(__GNUC__)
    int32_t clamped;
    __asm__("usat %0, #8, %1" : "=r"(clamped) : "r"(v));
    return clamped;
#else
    return (int32_t)__usat(v, 8);
#endif
}
