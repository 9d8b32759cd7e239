/* Depthwise convolutions of up to 49 taps in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 12, MOST_OUTPUTS = 16, MOST_CHANNELS = 11, MOST_ROWS = 7, GUARD = 16, ROUNDS = 250 };

/* What is random of a call. */
typedef struct {
    int32_t width, channels, kernel_h, kernel_w, stride, pad, dilation, out_width, y_zero, lo, hi, offset, shift;
    int32_t table[2 * MOST_CHANNELS], exceptions[5 * MOST_CHANNELS];
    uint32_t weights[3 * 25 * 2];
    uint8_t x[MOST_ROWS][MOST_WIDTH * MOST_CHANNELS], padding[MOST_CHANNELS];
    int present[MOST_ROWS];
} layer;

static void random_layer(layer *l, int32_t y_min)
{
    int32_t *exceptions = l->exceptions;
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->channels = random_integer(4, MOST_CHANNELS);
    l->kernel_h = random_integer(1, MOST_ROWS);
    l->kernel_w = random_integer(1, 49 / l->kernel_h < 9 ? 49 / l->kernel_h : 9);
    l->stride = random_integer(1, 3);
    l->dilation = random_integer(1, 3);
    l->pad = random_integer(0, 5);
    l->out_width = random_integer(1, MOST_OUTPUTS);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(0, 1) ? 2 : random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    for (int32_t j = 0; j < l->channels; ++j) {
        l->table[2 * j] = random_integer(-40000, 40000);
        l->table[2 * j + 1] = random_integer(0, 3) ? random_integer(0, 1 << 28) : (int32_t)(random_word() >> 1);
        if (random_integer(0, 7) == 0) {
            exceptions = random_exceptions(exceptions, l->table[2 * j], l->lo, l->hi);
            l->table[2 * j + 1] |= INT32_MIN;
        }
    }
    random_bytes((uint8_t *)l->weights, sizeof l->weights);
    memset(l->padding, (int)(random_word() & 255u), sizeof l->padding);
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = random_integer(0, 4) != 0;
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * MOST_CHANNELS) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld kernel %ldx%ld stride %ld dilation %ld pad %ld outputs %ld\n",
               name, (long)round, (long)l->width, (long)l->channels, (long)l->kernel_h, (long)l->kernel_w,
               (long)l->stride, (long)l->dilation, (long)l->pad, (long)l->out_width);
    }
}

#define CALL(FORM, NAME, X, TO)                                                                                   \
    FORM##_depthwise_pairs##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.channels,                  \
                                 (uint32_t)l.channels, (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad,                \
                                 (uint32_t)l.dilation, (const X *)l.padding, l.weights, l.table, l.offset,             \
                                 (uint32_t)l.shift, l.exceptions, l.lo, l.hi, TO, (uint32_t)l.out_width,      \
                                 (uint32_t)l.channels)
#define CHECK(NAME, X, Y, Y_MIN)                                                                                  \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_CHANNELS];                                                 \
        random_layer(&l, Y_MIN);                                                                                       \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        CALL(brn, NAME, X, (Y *)y[0] + GUARD);                                                              \
        CALL(plain, NAME, X, (Y *)y[1] + GUARD);                                                            \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }
int main(void)
{
    CHECK(_s8_s8, int8_t, int8_t, -128)
    CHECK(_s8_u8, int8_t, uint8_t, 0)
    CHECK(_u8_s8, uint8_t, int8_t, -128)
    CHECK(_u8_u8, uint8_t, uint8_t, 0)
    printf("%d differences\n", failures);
    return failures != 0;
}
