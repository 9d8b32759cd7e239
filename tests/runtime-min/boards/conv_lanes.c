/* Convolutions of all channels at a time in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 12, MOST_OUTPUTS = 16, MOST_IN = 9, MOST_OUT = 150, MOST_ROWS = 3, MOST_DEPTH = 3 * 3 * MOST_IN, GUARD = 16,
       ROUNDS = 120 };

/* What is random of a call. */
typedef struct {
    int32_t width, in, out, copies, kernel_h, kernel_w, stride, pad, dilation, out_width, x_zero, y_zero, lo, hi, offset, shift;
    int32_t bias[MOST_OUT], mult[MOST_OUT], exceptions[6 * MOST_OUT + 3], last;
    int8_t weights[MOST_OUT * MOST_DEPTH];
    uint8_t x[MOST_ROWS][MOST_WIDTH * MOST_IN];
    int present[MOST_ROWS];
} layer;

/* `shared`: windows of three taps, which share columns. */
static void random_layer(layer *l, int32_t x_min, int32_t y_min, int shared, int32_t least_outputs)
{
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->in = random_integer(1, MOST_IN);
    l->out = random_integer(1, random_integer(0, 2) ? 40 : MOST_OUT);
    l->copies = random_integer(0, 3) == 0;
    l->kernel_h = random_integer(1, MOST_ROWS);
    l->kernel_w = shared ? 3 : random_integer(1, 3);
    l->stride = shared ? 1 : random_integer(1, 3);
    l->dilation = shared ? 1 : random_integer(1, 2);
    l->pad = random_integer(0, 3);
    l->out_width = random_integer(least_outputs, MOST_OUTPUTS);
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    for (int32_t j = 0; j < l->out; ++j) {
        l->bias[j] = random_integer(-40000, 40000);
        l->mult[j] = random_integer(0, 3) ? random_integer(0, 1 << 26) : (int32_t)(random_word() >> 1);
    }
    l->last = random_replaced(l->exceptions, l->bias, l->out);
    random_bytes((uint8_t *)l->weights, sizeof l->weights);
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = random_integer(0, 4) != 0;
    }
    if (random_integer(0, 3) == 0) { /* sums are the first ones, of which some are exceptions */
        memset(l->weights, 0, sizeof l->weights);
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

#define CALL(FORM, NAME, X, TO)                                                                                        \
    FORM##_conv_##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.in, (uint32_t)l.in,                  \
                       (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad, (uint32_t)l.dilation, l.x_zero, l.weights,     \
                       l.bias, l.mult, l.offset, (uint32_t)l.shift, l.last > 0 ? l.exceptions : NULL, l.lo, l.hi,      \
                       (uint32_t)l.copies, (X *)patch, TO, (uint32_t)l.out_width, (uint32_t)l.out, (uint32_t)l.out)
#define CHECK(NAME, LEAST, X, Y, X_MIN, Y_MIN)                                                                         \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint8_t patch[3 * (5 * 3 + 3) * MOST_IN + 3 * GUARD];                                                   \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * MOST_OUT];                                                      \
        random_layer(&l, X_MIN, Y_MIN, strncmp(#NAME, "shared", 6) == 0, LEAST);                                       \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        CALL(brn, NAME, X, (Y *)y[0] + GUARD);                                                                         \
        CALL(plain, NAME, X, (Y *)y[1] + GUARD);                                                                       \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }

int main(void)
{
    CHECK(lanes1_s8_s8, 1, int8_t, int8_t, -128, -128)
    CHECK(lanes1_u8_u8, 1, uint8_t, uint8_t, 0, 0)
    CHECK(lanes2_s8_u8, 1, int8_t, uint8_t, -128, 0)
    CHECK(lanes3_s8_s8, 4, int8_t, int8_t, -128, -128)
    CHECK(lanes3_u8_s8, 4, uint8_t, int8_t, 0, -128)
    CHECK(lanes4_u8_u8, 9, uint8_t, uint8_t, 0, 0)
    CHECK(lanes5_s8_s8, 16, int8_t, int8_t, -128, -128)
    CHECK(lanes6_s8_u8, 15, int8_t, uint8_t, -128, 0)
    CHECK(lanes6_u8_s8, 15, uint8_t, int8_t, 0, -128)
    CHECK(shared_lanes2_s8_s8, 1, int8_t, int8_t, -128, -128)
    CHECK(shared_lanes3_u8_u8, 4, uint8_t, uint8_t, 0, 0)
    CHECK(shared_lanes4_s8_u8, 9, int8_t, uint8_t, -128, 0)
    CHECK(shared_lanes5_u8_s8, 16, uint8_t, int8_t, 0, -128)
    CHECK(shared_lanes6_s8_s8, 15, int8_t, int8_t, -128, -128)
    printf("%d differences\n", failures);
    return failures != 0;
}
