/* Depthwise convolutions of 3x3 taps in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 14, MOST_OUTPUTS = 18, MOST_CHANNELS = 9, GUARD = 16, ROUNDS = 1500 };

/* What is random of a call. */
typedef struct {
    int32_t width, channels, pad, out_width, x_zero, y_zero, lo, hi, offset;
    int32_t table[5 * MOST_CHANNELS], exceptions[5 * MOST_CHANNELS];
    uint8_t x[3][MOST_WIDTH * MOST_CHANNELS];
    int present[3];
} layer;

static void random_layer(layer *l, int32_t x_min, int32_t y_min, int32_t stride)
{
    int32_t *exceptions = l->exceptions;
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->channels = random_integer(1, MOST_CHANNELS);
    l->pad = random_integer(0, 9) < 8 ? random_integer(0, 1) : random_integer(0, 4);
    l->out_width = random_integer(0, 3) ? (l->width + l->pad + random_integer(0, 2) - 3) / stride + 1
                                        : random_integer(1, MOST_WIDTH);
    if (l->out_width < 1) {
        l->out_width = 1;
    }
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->offset = 4 * l->y_zero + 2;
    for (int32_t j = 0; j < l->channels; ++j) {
        int32_t *const entry = l->table + 5 * j;
        random_bytes((uint8_t *)(entry + 2), 12u);
        entry[4] &= 0x00FF00FF; /* w[2][1], which stands there twice, and w[2][2] */
        entry[4] = (entry[4] & ~0xFF) | ((entry[3] >> 24) & 0xFF);
        entry[0] = random_integer(-40000, 40000);
        entry[1] = random_integer(0, 3) ? random_integer(0, 1 << 24) : (int32_t)(random_word() >> 1);
        if (random_integer(0, 7) == 0) {
            exceptions = random_exceptions(exceptions, entry[0], l->lo, l->hi);
            entry[1] |= INT32_MIN;
        }
    }
    for (int k = 0; k < 3; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = random_integer(0, 4) != 0;
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * MOST_CHANNELS) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld pad %ld outputs %ld rows %d%d%d\n", name, (long)round,
               (long)l->width, (long)l->channels, (long)l->pad, (long)l->out_width, l->present[0], l->present[1],
               l->present[2]);
    }
}

/* Exceptions that occur: sums of the row itself. */
#define PUT_EXCEPTIONS(SUFFIX, STRIDE)                                                                                 \
    for (int32_t j = 0, *e = l.exceptions; j < l.channels; ++j) {                                                      \
        const int32_t count = l.table[5 * j + 1] < 0 ? *e++ : 0;                                                       \
        for (int32_t i = 0; i < count; ++i, e += 2) {                                                                  \
            const int32_t column = STRIDE * random_integer(0, l.out_width - 1) - l.pad;                                \
            *e = (int32_t)plain_window3_##SUFFIX(rows, (uint32_t)l.width, (uint32_t)l.channels, column, l.x_zero,      \
                                                 l.table + 5 * j, (uint32_t)j);                                        \
            *e += i == 1 && e[0] == e[-2] ? 1 : 0;                                                                     \
        }                                                                                                              \
    }
#define CALL(FORM, NAME, TO)                                                                                           \
    FORM##_depthwise3##NAME(rows, 3u, (uint32_t)l.width, (uint32_t)l.channels, (uint32_t)l.channels, 3u, stride,       \
                            l.pad, 1u, l.x_zero, l.table, l.offset, l.exceptions, l.lo, l.hi, TO,                      \
                            (uint32_t)l.out_width, (uint32_t)l.channels)
#define CHECK(NAME, STRIDE, SUFFIX, X, Y, X_MIN, Y_MIN)                                                                \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        const uint32_t stride = STRIDE;                                                                                \
        static layer l;                                                                                                \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_CHANNELS];                                                 \
        random_layer(&l, X_MIN, Y_MIN, STRIDE);                                                                        \
        const X *rows[3];                                                                                              \
        for (int k = 0; k < 3; ++k) {                                                                                  \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        PUT_EXCEPTIONS(SUFFIX, STRIDE)                                                                                 \
        memset(y, 0x55, sizeof y);                                                                                     \
        CALL(brn, NAME, (Y *)y[0] + GUARD);                                                                            \
        CALL(plain, NAME, (Y *)y[1] + GUARD);                                                                          \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }

int main(void)
{
    CHECK(_s8_s8, 1, s8, int8_t, int8_t, -128, -128)
    CHECK(_s8_u8, 1, s8, int8_t, uint8_t, -128, 0)
    CHECK(_u8_s8, 1, u8, uint8_t, int8_t, 0, -128)
    CHECK(_u8_u8, 1, u8, uint8_t, uint8_t, 0, 0)
    CHECK(by2_s8_s8, 2, s8, int8_t, int8_t, -128, -128)
    CHECK(by2_s8_u8, 2, s8, int8_t, uint8_t, -128, 0)
    CHECK(by2_u8_s8, 2, u8, uint8_t, int8_t, 0, -128)
    CHECK(by2_u8_u8, 2, u8, uint8_t, uint8_t, 0, 0)
    printf("%d differences\n", failures);
    return failures != 0;
}
