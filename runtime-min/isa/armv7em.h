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

/* Where brn_slide3_s8_s8 and its like enter their loop, which is written out four times: in front of which copy, or 4, behind it. */
static uint32_t brn_slide3_entry(uint32_t plan)
{
    const uint32_t loop = plan & 0xFFFFu;
    return loop != 0u ? (0u - loop) % 4u : 4u;
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
