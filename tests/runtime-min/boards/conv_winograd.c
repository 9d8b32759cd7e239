/* Convolutions by Winograd's form in both vocabularies, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 20, MOST_OUTPUTS = 22, MOST_IN = 17, MOST_OUT = 11, MOST_ROWS = 4, MOST_PAIRS = MOST_ROWS * 5 * 2,
       GUARD = 16, ROUNDS = 150 };

/* What is random of a call. */
typedef struct {
    int32_t width, in, out, kernel_h, pad, out_width, x_zero, y_zero, lo, hi, offset, shift;
    int32_t table[2 * MOST_OUT], exceptions[5 * MOST_OUT];
    uint32_t weights[(MOST_OUT + 5) * 6 * MOST_PAIRS];
    uint8_t x[MOST_ROWS][MOST_WIDTH * MOST_IN];
    int present[MOST_ROWS];
} layer;

static void random_layer(layer *l, int32_t x_min, int32_t y_min)
{
    int32_t *exceptions = l->exceptions;
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->in = random_integer(1, MOST_IN);
    l->out = random_integer(1, MOST_OUT);
    l->kernel_h = random_integer(1, MOST_ROWS);
    l->pad = random_integer(0, 3);
    l->out_width = random_integer(1, MOST_OUTPUTS);
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(1, 12);
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
        l->present[k] = random_integer(0, 4) != 0;
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * MOST_OUT) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld to %ld rows %ld pad %ld outputs %ld\n", name, (long)round,
               (long)l->width, (long)l->in, (long)l->out, (long)l->kernel_h, (long)l->pad, (long)l->out_width);
    }
}

#define CALL(FORM, NAME, TO)                                                                                           \
    FORM##_conv_winograd##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.in, (uint32_t)l.in, 3u, 1u,  \
                               l.pad, 1u, l.x_zero, l.weights, l.table, l.offset, (uint32_t)l.shift, l.exceptions,     \
                               l.lo, l.hi, panel, TO, (uint32_t)l.out_width, (uint32_t)l.out, (uint32_t)l.out)
#define CHECK(NAME, X, Y, X_MIN, Y_MIN)                                                                                \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint32_t panel[6 * MOST_PAIRS * 2];                                                                     \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_OUT];                                                      \
        random_layer(&l, X_MIN, Y_MIN);                                                                                \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        memset(panel, 0x55, sizeof panel);                                                                             \
        CALL(brn, NAME, (Y *)y[0] + GUARD);                                                                            \
        CALL(plain, NAME, (Y *)y[1] + GUARD);                                                                          \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }

int main(void)
{
    CHECK(2_s8_s8, int8_t, int8_t, -128, -128)
    CHECK(2_u8_u8, uint8_t, uint8_t, 0, 0)
    CHECK(1_s8_u8, int8_t, uint8_t, -128, 0)
    CHECK(1_u8_s8, uint8_t, int8_t, 0, -128)
    printf("%d differences\n", failures);
    return failures != 0;
}
