/* Depthwise convolutions of the family for dot products in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 12, MOST_OUTPUTS = 14, MOST_CHANNELS = 50, MOST_ROWS = 7, MOST_MORE = 5, GUARD = 16,
       BLOCKS = (MOST_CHANNELS + 15) / 16, MOST_TAPS = 49, MOST_EXCEPTIONS = 160, ROUNDS = 400 };

/* What is random of a call. */
typedef struct {
    int32_t width, channels, in_step, out_step, kernel_h, kernel_w, stride, pad, dilation, out_width;
    int32_t y_zero, lo, hi, offset, shift;
    uint32_t w[BLOCKS * (4 * MOST_TAPS + 33 + 2 * MOST_EXCEPTIONS)];
    uint8_t x[MOST_ROWS][MOST_WIDTH * (MOST_CHANNELS + MOST_MORE)], padding[MOST_CHANNELS];
    int present[MOST_ROWS];
} layer;

/* Lanes of a vector of bytes that are alike in all its 16 / channels pixels, if that divides; no weight is -128, so
 * that two products fit. */
static void random_weights(uint8_t *w, uint32_t taps, uint32_t channels)
{
    random_bytes(w, 16u * taps);
    for (uint32_t i = 0u; i < 16u * taps; ++i) {
        w[i] = w[i] == 0x80u ? 0x81u : w[i];
        w[i] = i % 16u < channels ? w[i] : (16u % channels == 0u ? w[i - channels] : 0u);
    }
}

static uint32_t *random_exception(uint32_t *e, const uint32_t *sums, uint32_t channel, const layer *l)
{
    static const uint8_t order[4] = {0u, 2u, 1u, 3u};
    const uint32_t i = 4u * order[channel % 4u] + channel / 4u;
    e[0] = 4u * i | channel << 8 | 0x8000u | (uint32_t)random_integer(l->lo, l->hi) << 16;
    e[1] = sums[i] + (uint32_t)random_integer(-2, 2);
    return e + 2;
}

static void random_blocks(layer *l)
{
    static const uint8_t order[4] = {0u, 2u, 1u, 3u};
    const uint32_t taps = (uint32_t)(l->kernel_h * l->kernel_w), channels = (uint32_t)l->channels;
    uint32_t *w = l->w;
    for (uint32_t o = 0u; o < channels; o += 16u) {
        random_weights((uint8_t *)w, taps, channels < 16u ? channels : 16u);
        w += 4u * taps;
        for (uint32_t i = 0u; i < 16u; ++i) {
            w[i] = (uint32_t)random_integer(-40000, 40000);
            w[16u + i] = random_integer(0, 3) ? (uint32_t)random_integer(0, 1 << 26) : random_word() >> 1;
        }
        for (uint32_t j = 0u; channels < 16u && j < 16u; ++j) { /* repeated, or none */
            const uint32_t from = 16u % channels == 0u ? j % channels : j;
            const uint32_t i = 4u * order[j % 4u] + j / 4u, k = 4u * order[from % 4u] + from / 4u;
            w[i] = w[k];
            w[16u + i] = w[16u + k];
        }
        uint32_t *e = w + 33;
        for (uint32_t n = 0u; random_integer(0, 2) == 0 && n < 10; ++n) {
            const uint32_t j = (uint32_t)random_integer(0, channels < 16u ? l->channels - 1 : 15);
            const uint32_t *const first = e;
            e = random_exception(e, w, j, l);
            for (uint32_t k = j + channels; 16u % channels == 0u && k < 16u; k += channels, e += 2) {
                random_exception(e, w, k, l);
                e[0] = (e[0] & 0xFFFFu) | (first[0] & 0xFFFF0000u);
                e[1] = first[1];
            }
        }
        if (e != w + 33) {
            e[-2] &= ~0x8000u;
        }
        w[32] = (uint32_t)(e - w - 33) / 2u | (o + 16u >= channels ? 0x80000000u : 0u) |
                (o + 16u < channels && o + 32u > channels ? 0x40000000u : 0u);
        w = e;
    }
}

/* `nine`: windows that there is assembly for. */
static void random_layer(layer *l, int32_t x_middle, int32_t y_min, int nine)
{
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->channels = random_integer(0, 2) ? random_integer(1, MOST_CHANNELS) : 1 << random_integer(0, 5);
    l->in_step = l->channels + (random_integer(0, 3) == 0 ? random_integer(0, MOST_MORE) : 0);
    l->out_step = l->channels + (random_integer(0, 3) == 0 ? random_integer(0, MOST_MORE) : 0);
    l->kernel_h = nine ? 3 : random_integer(1, MOST_ROWS);
    l->kernel_w = nine ? 3 : random_integer(1, MOST_TAPS / l->kernel_h < 9 ? MOST_TAPS / l->kernel_h : 9);
    l->stride = random_integer(1, 3);
    l->dilation = random_integer(1, 2);
    l->pad = random_integer(0, nine ? 2 : 5);
    l->out_width = random_integer(1, MOST_OUTPUTS);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(0, 3) ? 2 : random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    random_blocks(l);
    memset(l->padding, (int)(random_word() & 255u), sizeof l->padding);
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = random_integer(0, 4) != 0;
    }
    if (random_integer(0, 3) == 0) { /* sums near the first */
        memset(l->x, x_middle, sizeof l->x);
        memset(l->padding, x_middle, sizeof l->padding);
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * (MOST_CHANNELS + MOST_MORE)) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld kernel %ldx%ld stride %ld dilation %ld pad %ld outputs %ld "
               "shift %ld\n",
               name, (long)round, (long)l->width, (long)l->channels, (long)l->kernel_h, (long)l->kernel_w,
               (long)l->stride, (long)l->dilation, (long)l->pad, (long)l->out_width, (long)l->shift);
    }
}

#define CALL(FORM, NAME, X, TO)                                                                                        \
    FORM##_depthwise_dots##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.channels,                   \
                                (uint32_t)l.in_step, (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad,                  \
                                (uint32_t)l.dilation, (const X *)l.padding, l.w, l.offset, (uint32_t)l.shift, l.lo,    \
                                l.hi, TO, (uint32_t)l.out_width, (uint32_t)l.out_step)
#define CHECK(NAME, NINE, X, Y, Y_MIN)                                                                                 \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * (MOST_CHANNELS + MOST_MORE)];                                   \
        random_layer(&l, (X)-1 > 0 ? 128 : 0, Y_MIN, NINE);                                                              \
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
    for (int nine = 0; nine < 2; ++nine) {
        CHECK(_s8_s8, nine, int8_t, int8_t, -128)
        CHECK(_s8_u8, nine, int8_t, uint8_t, 0)
        CHECK(_u8_s8, nine, uint8_t, int8_t, -128)
        CHECK(_u8_u8, nine, uint8_t, uint8_t, 0)
    }
    printf("%d differences\n", failures);
    return failures != 0;
}
