/* Depthwise convolutions of all channels at a time in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 14, MOST_OUTPUTS = 18, MOST_LANES = 150, MOST_ROWS = 7, GUARD = 16, ROUNDS = 200 };

/* What is random of a call. */
typedef struct {
    int32_t width, channels, together, kernel_h, kernel_w, stride, pad, dilation, out_width, x_zero, y_zero, lo, hi, offset, shift;
    int32_t bias[MOST_LANES], mult[MOST_LANES], exceptions[6 * MOST_LANES + 3], last;
    int8_t weights[49 * MOST_LANES];
    uint8_t x[MOST_ROWS][MOST_WIDTH * MOST_LANES];
    int present[MOST_ROWS];
} layer;

static void random_layer(layer *l, int32_t x_min, int32_t y_min)
{
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->channels = random_integer(1, random_integer(0, 2) ? 12 : MOST_LANES);
    l->kernel_h = random_integer(1, MOST_ROWS);
    l->kernel_w = random_integer(1, 49 / l->kernel_h < 9 ? 49 / l->kernel_h : 9);
    l->stride = random_integer(1, 3);
    l->dilation = random_integer(1, 3);
    l->pad = random_integer(0, 5);
    l->out_width = random_integer(1, MOST_OUTPUTS);
    l->together = l->stride > 1 ? 1 : random_integer(1, MOST_LANES / l->channels < 4 ? MOST_LANES / l->channels : 4);
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    random_bytes((uint8_t *)l->weights, sizeof l->weights);
    if (random_integer(0, 3) == 0) { /* sums are the first ones, of which some are exceptions */
        memset(l->weights, 0, sizeof l->weights);
    }
    const int32_t lanes = l->channels * l->together;
    for (int32_t j = 0; j < lanes; ++j) { /* pixels that are made together have the same tables */
        const int32_t first = j % l->channels;
        l->bias[j] = j == first ? random_integer(-40000, 40000) : l->bias[first];
        l->mult[j] = j == first ? (int32_t)(random_word() >> random_integer(1, 6)) : l->mult[first];
        for (int32_t t = 0; t < l->kernel_h * l->kernel_w; ++t) {
            l->weights[t * lanes + j] = l->weights[t * lanes + first];
        }
    }
    l->last = random_replaced(l->exceptions, l->bias, l->channels);
    const int32_t once = l->last;
    for (int32_t again = 1; again < l->together; ++again, l->last += once) {
        memcpy(l->exceptions + l->last, l->exceptions, sizeof(int32_t) * (size_t)once);
        for (int32_t e = 0; e < once; e += 3) {
            l->exceptions[l->last + e] += again * l->channels;
        }
    }
    l->exceptions[l->last] = INT32_MAX;
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = random_integer(0, 4) != 0;
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * MOST_LANES) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld kernel %ldx%ld stride %ld dilation %ld pad %ld outputs %ld, %ld together\n",
               name, (long)round, (long)l->width, (long)l->channels, (long)l->kernel_h, (long)l->kernel_w,
               (long)l->stride, (long)l->dilation, (long)l->pad, (long)l->out_width, (long)l->together);
    }
}

#define CALL(FORM, NAME, X, TOGETHER, TO)                                                                              \
    FORM##_depthwise_lanes##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.channels,                  \
                                 (uint32_t)l.channels, (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad,                \
                                 (uint32_t)l.dilation, l.x_zero, TOGETHER, l.weights, l.bias, l.mult, l.offset,        \
                                 (uint32_t)l.shift, l.last > 0 ? l.exceptions : NULL, l.lo, l.hi, TO,                  \
                                 (uint32_t)l.out_width, (uint32_t)l.channels)
#define CHECK(NAME, X, Y, X_MIN, Y_MIN)                                                                                \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_LANES];                                                    \
        random_layer(&l, X_MIN, Y_MIN);                                                                                \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        CALL(brn, NAME, X, (uint32_t)l.together, (Y *)y[0] + GUARD);                                                   \
        CALL(plain, NAME, X, (uint32_t)l.together, (Y *)y[1] + GUARD);                                                 \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }

int main(void)
{
    CHECK(_s8_s8, int8_t, int8_t, -128, -128)
    CHECK(_s8_u8, int8_t, uint8_t, -128, 0)
    CHECK(_u8_s8, uint8_t, int8_t, 0, -128)
    CHECK(_u8_u8, uint8_t, uint8_t, 0, 0)
    printf("%d differences\n", failures);
    return failures != 0;
}
