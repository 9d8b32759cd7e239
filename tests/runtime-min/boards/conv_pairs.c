/* Convolutions in tiles of all sizes in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 12, MOST_OUTPUTS = 16, MOST_IN = 9, MOST_OUT = 7, MOST_ROWS = 3, MOST_QUADS = 3 * 3 * 3, GUARD = 16,
       ROUNDS = 250 };

/* What is random of a call. */
typedef struct {
    int32_t width, in, out, kernel_h, kernel_w, stride, pad, dilation, out_width, x_zero, y_zero, lo, hi, offset, shift;
    int32_t table[2 * (MOST_OUT + 1)], exceptions[5 * MOST_OUT];
    uint32_t weights[2 * (MOST_OUT + 1) * MOST_QUADS];
    uint8_t x[MOST_ROWS][MOST_WIDTH * MOST_IN];
    int present[MOST_ROWS];
} layer;

/* `one`: as brn_conv_pairs1_* wants it, a row of taps inside the image. */
static void random_layer(layer *l, int32_t x_min, int32_t y_min, int one, int32_t least_outputs)
{
    int32_t *exceptions = l->exceptions;
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->in = random_integer(1, MOST_IN);
    l->out = random_integer(1, MOST_OUT);
    l->kernel_h = one ? 1 : random_integer(1, MOST_ROWS);
    l->kernel_w = one ? random_integer(1, l->width < 3 ? l->width : 3) : random_integer(1, 3);
    l->stride = random_integer(1, 3);
    l->dilation = one ? 1 : random_integer(1, 2);
    l->pad = one ? 0 : random_integer(0, 3);
    l->out_width = one ? random_integer(1, (l->width - l->kernel_w) / l->stride + 1)
                       : random_integer(least_outputs, MOST_OUTPUTS);
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(0, 1) ? 2 : random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    for (int32_t j = 0; j < l->out; ++j) {
        l->table[2 * j] = random_integer(-40000, 40000);
        l->table[2 * j + 1] = random_integer(0, 3) ? random_integer(0, 1 << 26) : (int32_t)(random_word() >> 1);
        if (random_integer(0, 7) == 0) {
            exceptions = random_exceptions(exceptions, l->table[2 * j], l->lo, l->hi);
            l->table[2 * j + 1] |= INT32_MIN;
        }
    }
    random_bytes((uint8_t *)l->weights, sizeof l->weights);
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = one || random_integer(0, 4) != 0;
    }
}

/* Gives a layer weights that kernels which join pixels permit: words that say where four products have to be split, and
 * small weights where they don't say so. Often products are as large as may be. */
static void joinable(layer *l)
{
    const uint32_t quads = (uint32_t)(l->kernel_h * l->kernel_w * l->in + 3) / 4u;
    const uint32_t words = (quads + 31u) / 32u;
    const int extreme = random_integer(0, 3) == 0;
    uint32_t *w = l->weights;
    for (int32_t o = 0; o < l->out; o += 2, w += words + 2u * quads) {
        uint8_t *const bytes = (uint8_t *)(w + words);
        for (uint32_t i = 0; i < 8u * quads; ++i) {
            const int split = (w[i / 8u / 32u] << i / 8u % 32u & 0x80000000u) != 0u;
            const uint8_t largest = i % 2u == 0u ? 0x80 : (uint8_t)(0x7F + 2 * random_integer(0, 1));
            const int32_t small = random_integer(-63, 63);
            bytes[i] = split ? extreme ? largest : bytes[i] == 0x80 ? 0x81 : bytes[i]
                             : (uint8_t)(extreme ? (small < 0 ? -1 : 1) * (i % 4u == 0u ? 66 : 63) : small);
        }
    }
    if (extreme) {
        memset(l->x, random_integer(0, 1) ? 0x80 : 0x7F, sizeof l->x);
    }
}

/* Every second value, about, is what counts as zero. */
static void some_zeros(layer *l)
{
    for (uint32_t i = 0; i < sizeof l->x; ++i) {
        uint8_t *const x = &l->x[i / sizeof l->x[0]][i % sizeof l->x[0]];
        *x = random_integer(0, 1) ? (uint8_t)l->x_zero : *x;
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * MOST_OUT) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld to %ld kernel %ldx%ld stride %ld dilation %ld pad %ld outputs %ld\n",
               name, (long)round, (long)l->width, (long)l->in, (long)l->out, (long)l->kernel_h, (long)l->kernel_w,
               (long)l->stride, (long)l->dilation, (long)l->pad, (long)l->out_width);
    }
}

#define CALL(FORM, NAME, ...)                                                                                          \
    FORM##_conv_##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.in, (uint32_t)l.in,                  \
                            (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad, (uint32_t)l.dilation, l.x_zero,           \
                            l.weights, l.table, l.offset, (uint32_t)l.shift, l.exceptions, l.lo, l.hi, __VA_ARGS__,    \
                            (uint32_t)l.out_width, (uint32_t)l.out, (uint32_t)l.out)
#define CHECK(NAME, ONE, LEAST, X, Y, X_MIN, Y_MIN, ...)                                                               \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint32_t panel[12 * MOST_QUADS];                                                                        \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_OUT];                                                      \
        random_layer(&l, X_MIN, Y_MIN, ONE, LEAST);                                                                    \
        if (strncmp(#NAME, "joined", 6) == 0) {                                                                        \
            joinable(&l);                                                                                              \
        }                                                                                                              \
        if (strstr(#NAME, "whole") != NULL && random_integer(0, 3) == 0) {                                             \
            l.out_width = 1;                                                                                           \
        }                                                                                                              \
        if (strncmp(#NAME, "columns", 7) == 0) {                                                                       \
            some_zeros(&l);                                                                                            \
        }                                                                                                              \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        memset(panel, 0x55, sizeof panel);                                                                             \
        CALL(brn, NAME, __VA_ARGS__ (Y *)y[0] + GUARD);                                                                \
        CALL(plain, NAME, __VA_ARGS__ (Y *)y[1] + GUARD);                                                              \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }
#define PANEL panel,

int main(void)
{
    CHECK(pairs4_s8_s8, 0, 9, int8_t, int8_t, -128, -128, PANEL)
    CHECK(pairs4_u8_u8, 0, 9, uint8_t, uint8_t, 0, 0, PANEL)
    CHECK(pairs3_s8_u8, 0, 4, int8_t, uint8_t, -128, 0, PANEL)
    CHECK(pairs2_u8_s8, 0, 1, uint8_t, int8_t, 0, -128, PANEL)
    CHECK(wide_pairs4_u8_s8, 0, 9, uint8_t, int8_t, 0, -128, PANEL)
    CHECK(wide_pairs3_s8_s8, 0, 4, int8_t, int8_t, -128, -128, PANEL)
    CHECK(wide_pairs2_s8_u8, 0, 1, int8_t, uint8_t, -128, 0, PANEL)
    CHECK(whole_pairs4_s8_s8, 0, 4, int8_t, int8_t, -128, -128, PANEL)
    CHECK(whole_pairs3_u8_u8, 0, 3, uint8_t, uint8_t, 0, 0, PANEL)
    CHECK(whole_pairs2_s8_u8, 0, 2, int8_t, uint8_t, -128, 0, PANEL)
    CHECK(wide_whole_pairs4_u8_s8, 0, 4, uint8_t, int8_t, 0, -128, PANEL)
    CHECK(wide_whole_pairs3_s8_s8, 0, 3, int8_t, int8_t, -128, -128, PANEL)
    CHECK(wide_whole_pairs2_u8_u8, 0, 2, uint8_t, uint8_t, 0, 0, PANEL)
    CHECK(joined_pairs5_s8_s8, 0, 12, int8_t, int8_t, -128, -128, PANEL)
    CHECK(joined_pairs4_u8_u8, 0, 9, uint8_t, uint8_t, -128, 0, PANEL)
    CHECK(joined_pairs3_s8_u8, 0, 4, int8_t, uint8_t, -128, 0, PANEL)
    CHECK(joined_pairs2_u8_s8, 0, 1, uint8_t, int8_t, -128, -128, PANEL)
    CHECK(pairs1_s8_s8, 1, 1, int8_t, int8_t, -128, -128, )
    CHECK(pairs1_u8_u8, 1, 1, uint8_t, uint8_t, 0, 0, )
    CHECK(columns1_s8_s8, 1, 1, int8_t, int8_t, -128, -128, )
    CHECK(columns1_u8_u8, 1, 1, uint8_t, uint8_t, 0, 0, )
    printf("%d differences\n", failures);
    return failures != 0;
}
