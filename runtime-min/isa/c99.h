/* The portable vocabulary: plain C99, four outputs at a time, so that an input is loaded once for four products. It is also
 * what other vocabularies are checked against. What there is for several types is a template in c99/. */
#include <stddef.h>
#include <stdint.h>

/* a + the products of the signed 16-bit halves of x and y, modulo 2^32. */
static uint32_t brn_dual(uint32_t x, uint32_t y, uint32_t a)
{
    const int32_t low = (int16_t)(x & 0xFFFFu) * (int16_t)(y & 0xFFFFu);
    const int32_t high = (int16_t)(x >> 16) * (int16_t)(y >> 16);
    return a + (uint32_t)low + (uint32_t)high;
}

/* Bytes 0 and 2 of v, the first in its lowest bits, sign-extended to 16 bits each. */
static uint32_t brn_even_s8(uint32_t v)
{
    return ((uint32_t)(int8_t)(v & 0xFFu) & 0xFFFFu) | (uint32_t)(int8_t)(v >> 16 & 0xFFu) << 16;
}

/* acc[2 * p + c] += sum over k < 4 * quads of value k of pixel p times weight k of channel c, p < pixels, c < 2, modulo 2^32. The panel holds the pixels as brn_widen_s8 has it, word p of each row pixel p's; byte 2 * j + c, from the lowest on, of word w[2 * q + h] is weight 4 * q + 2 * j + h of channel c. */
static void brn_pairs(const uint32_t *panel, uint32_t pixels, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    for (uint32_t i = 0u; i < 2u * quads; ++i, panel += pixels) {
        const uint32_t w0 = brn_even_s8(w[i]);
        const uint32_t w1 = brn_even_s8(w[i] >> 8);
        for (uint32_t p = 0u; p < pixels; ++p) {
            acc[2u * p] = brn_dual(panel[p], w0, acc[2u * p]);
            acc[2u * p + 1u] = brn_dual(panel[p], w1, acc[2u * p + 1u]);
        }
    }
}

/* The four bytes at p as a word, the first in its lowest bits. */
static uint32_t brn_word(const void *p)
{
    const uint8_t *const b = (const uint8_t *)p;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Bytes 0 and 2 of v, extended to 16 bits each. */
static uint32_t brn_even_u8(uint32_t v)
{
    return v & 0x00FF00FFu;
}

/* The sums of the lower and of the upper 16-bit halves of x and y, each modulo 2^16. */
static uint32_t brn_add2(uint32_t x, uint32_t y)
{
    return ((x + y) & 0xFFFFu) | ((x & 0xFFFF0000u) + (y & 0xFFFF0000u));
}

/* The halves of x less those of y, each modulo 2^16. */
static uint32_t brn_sub2(uint32_t x, uint32_t y)
{
    return ((x - y) & 0xFFFFu) | ((x & 0xFFFF0000u) - (y & 0xFFFF0000u));
}

/* Six values of a row, transformed for four sums of three neighbours each by Winograd's F(4, 3), as pairs of 16-bit integers: the rows
 *   (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0),
 *   (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1)
 * times d, at v[0], v[step] ... v[5 * step]. Of bytes none is larger than 10 * 255 in magnitude. */
static inline void brn_six(const uint32_t *d, uint32_t *v, uint32_t step)
{
    const uint32_t a = brn_sub2(d[4], d[2]);
    const uint32_t b = brn_sub2(d[3], d[1]);
    const uint32_t b2 = brn_add2(b, b);
    const uint32_t c = brn_sub2(d[0], d[2]);
    const uint32_t c2 = brn_add2(c, c);
    const uint32_t one2 = brn_add2(d[1], d[1]);
    const uint32_t two2 = brn_add2(d[2], d[2]);
    const uint32_t s = brn_sub2(d[3], brn_add2(one2, one2));
    const uint32_t t = brn_sub2(d[4], brn_add2(two2, two2));
    v[0] = brn_add2(brn_add2(c2, c2), a);
    v[step] = brn_add2(t, s);
    v[2u * step] = brn_sub2(t, s);
    v[3u * step] = brn_add2(a, b2);
    v[4u * step] = brn_sub2(a, b2);
    v[5u * step] = brn_sub2(brn_sub2(d[5], d[3]), brn_add2(b2, b2));
}

/* count products of a vector with eight, of 16-bit integers, one product after the other:
 *   sums[8 * k + c] = sum over i < 2 * quads of dual(v[n], w[8 * n + c])
 * with n = 2 * k * quads + i, dual being the sum of the products of the halves, for k < count, c < 8, modulo 2^32; quads is not 0. */
static void brn_products1(const uint32_t *v, const uint32_t *w, uint32_t quads, uint32_t count, uint32_t *sums)
{
    for (uint32_t k = 0u; k < count; ++k, sums += 8) {
        for (uint32_t j = 0u; j < 8u; ++j) {
            sums[j] = 0u;
        }
        for (uint32_t i = 0u; i < 2u * quads; ++i, v += 1, w += 8) {
            for (uint32_t j = 0u; j < 8u; ++j) {
                sums[j] = brn_dual(v[0], w[j], sums[j]);
            }
        }
    }
}

/* count products of two vectors with four, of 16-bit integers, one product after the other:
 *   sums[8 * k + 4 * t + c] = sum over i < 2 * quads of dual(v[2 * n + t], w[4 * n + c])
 * with n = 2 * k * quads + i, dual being the sum of the products of the halves, for k < count, t < 2, c < 4, modulo 2^32; quads is not 0. */
static void brn_products2(const uint32_t *v, const uint32_t *w, uint32_t quads, uint32_t count, uint32_t *sums)
{
    for (uint32_t k = 0u; k < count; ++k, sums += 8) {
        for (uint32_t j = 0u; j < 8u; ++j) {
            sums[j] = 0u;
        }
        for (uint32_t i = 0u; i < 2u * quads; ++i, v += 2, w += 4) {
            for (uint32_t j = 0u; j < 8u; ++j) {
                sums[j] = brn_dual(v[j / 4u], w[j % 4u], sums[j]);
            }
        }
    }
}

/* Weight w[k][t] of an entry of the table of brn_window3_s8. */
static int32_t brn_weight3(const int32_t *entry, uint32_t k, uint32_t t)
{
    static const uint8_t place[9] = {0u, 1u, 4u, 2u, 3u, 6u, 5u, 7u, 10u};
    const uint32_t at = place[3u * k + t];
    const uint32_t byte = (uint32_t)entry[2u + at / 4u] >> 8u * (at & 3u) & 0xFFu;
    return (int32_t)(byte ^ 0x80u) - 128;
}

/* The upper 32 bits of acc * mult, plus offset, divided by 2^shift and rounded down; offset holds what rounds, and the zero point. */
static int32_t brn_scale_high(uint32_t acc, int32_t mult, int32_t offset, uint32_t shift)
{
    return ((int32_t)(((int64_t)(int32_t)acc * mult) >> 32) + offset) >> shift;
}

/* v brought into the range of int8_t. */
static int32_t brn_saturate_s8(int32_t v)
{
    return v < INT8_MIN ? INT8_MIN : (v > INT8_MAX ? INT8_MAX : v);
}

/* v brought into the range of uint8_t. */
static int32_t brn_saturate_u8(int32_t v)
{
    return v < 0 ? 0 : (v > UINT8_MAX ? UINT8_MAX : v);
}

/* to[i] = from[i], i < n. */
static inline void brn_copy_bytes(void *to, const void *from, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
}

/* The n bytes at to become the lowest byte of value. */
static inline void brn_fill_bytes(void *to, int32_t value, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        ((uint8_t *)to)[i] = (uint8_t)((uint32_t)value & 0xFFu);
    }
}
