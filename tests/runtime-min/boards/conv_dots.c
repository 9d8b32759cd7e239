/* Convolutions of the family for dot products in both forms, on rows of random shapes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WIDTH = 12, MOST_OUTPUTS = 12, MOST_IN = 40, MOST_OUT = 11, MOST_ROWS = 3, MOST_MORE = 5,
       MOST_DEPTH = 3 * 3 * MOST_IN, GUARD = 16, BLOCKS = (MOST_OUT + 3) / 4, ROUNDS = 400 };

/* What is random of a call. */
typedef struct {
    int32_t width, in, in_step, out, out_step, kernel_h, kernel_w, stride, pad, dilation, out_width, tile;
    int32_t x_zero, y_zero, lo, hi, offset, shift;
    uint32_t w[BLOCKS * (MOST_DEPTH + 9 + 8 * 2)];
    uint8_t x[MOST_ROWS][MOST_WIDTH * (MOST_IN + MOST_MORE)];
    int present[MOST_ROWS];
} layer;

/* The table of the channels: some blocks have one or two exceptions a channel. */
static void random_blocks(layer *l, uint32_t depth)
{
    uint32_t *w = l->w;
    for (int32_t o = 0; o < l->out; o += 4) {
        const uint32_t levels = (uint32_t)(random_integer(0, 2) ? 0 : random_integer(1, 2));
        random_bytes((uint8_t *)w, 4u * depth);
        w += depth;
        for (uint32_t i = 0u; i < 4u; ++i) {
            w[i] = (uint32_t)random_integer(-40000, 40000);
            w[4u + i] = random_integer(0, 3) ? (uint32_t)random_integer(0, 1 << 24) : random_word() >> 1;
        }
        w[8] = levels | (o + 4 >= l->out ? 0x80000000u : 0u);
        for (uint32_t i = 0u; i < 8u * levels; ++i) {
            const int32_t result = random_integer(l->lo, l->hi);
            w[9u + i] = i / 4u % 2u == 0u ? w[i % 4u] + (uint32_t)random_integer(-2, 2)
                                          : (uint32_t)(result * (1 << l->shift) - l->offset);
        }
        w += 9u + 8u * levels;
    }
}

/* `direct`: windows that lie in the image, and are contiguous. */
static void random_layer(layer *l, int32_t x_min, int32_t y_min, int direct)
{
    memset(l, 0, sizeof *l);
    l->width = random_integer(1, MOST_WIDTH);
    l->in = random_integer(0, 2) ? random_integer(1, MOST_IN) : random_integer(1, 4);
    l->out = random_integer(1, MOST_OUT);
    l->kernel_h = direct ? 1 : random_integer(1, MOST_ROWS);
    l->kernel_w = direct ? random_integer(1, l->width < 3 ? l->width : 3) : random_integer(1, 3);
    l->in_step = l->in + (direct && l->kernel_w > 1 ? 0 : random_integer(0, 1) * random_integer(0, MOST_MORE));
    l->out_step = l->out + random_integer(0, 1) * random_integer(0, MOST_MORE);
    l->stride = random_integer(1, 3);
    l->dilation = direct ? 1 : random_integer(1, 2);
    l->pad = direct ? 0 : random_integer(0, 3);
    l->out_width = direct ? random_integer(1, (l->width - l->kernel_w) / l->stride + 1)
                          : random_integer(1, MOST_OUTPUTS);
    l->tile = random_integer(1, 8);
    l->x_zero = x_min + random_integer(0, 255);
    l->y_zero = y_min + random_integer(0, 255);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->shift = random_integer(0, 3) ? 2 : random_integer(1, 12);
    l->offset = l->y_zero * (1 << l->shift) + (1 << (l->shift - 1));
    random_blocks(l, (uint32_t)(l->kernel_h * l->kernel_w * l->in));
    for (int k = 0; k < MOST_ROWS; ++k) {
        random_bytes(l->x[k], sizeof l->x[k]);
        l->present[k] = direct || random_integer(0, 4) != 0;
    }
    if (random_integer(0, 3) == 0) { /* sums near the first */
        l->x_zero = x_min + 128;
        memset(l->x, l->x_zero, sizeof l->x);
    }
}

static int failures;

static void compare(const char *name, int32_t round, const layer *l, const uint8_t *y, const uint8_t *plain)
{
    if (memcmp(y, plain, 2u * GUARD + MOST_OUTPUTS * (MOST_OUT + MOST_MORE)) != 0 && failures++ < 10) {
        printf("%s round %ld: width %ld channels %ld to %ld kernel %ldx%ld stride %ld dilation %ld pad %ld outputs %ld "
               "tile %ld shift %ld\n",
               name, (long)round, (long)l->width, (long)l->in, (long)l->out, (long)l->kernel_h, (long)l->kernel_w,
               (long)l->stride, (long)l->dilation, (long)l->pad, (long)l->out_width, (long)l->tile, (long)l->shift);
    }
}

#define CALL(FORM, NAME, ZERO, TILE, TO)                                                                               \
    FORM##_conv_##NAME(rows, (uint32_t)l.kernel_h, (uint32_t)l.width, (uint32_t)l.in, (uint32_t)l.in_step,             \
                       (uint32_t)l.kernel_w, (uint32_t)l.stride, l.pad, (uint32_t)l.dilation, ZERO(l) l.w, l.offset,   \
                       (uint32_t)l.shift, l.lo, l.hi, TILE(l) TO, (uint32_t)l.out_width, (uint32_t)l.out,              \
                       (uint32_t)l.out_step)
#define CHECK(NAME, DIRECT, X, Y, X_MIN, Y_MIN, ZERO, TILE)                                                            \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static int8_t panel[8 * 3 * MOST_DEPTH];                                                                       \
        static uint8_t y[2][2 * GUARD + MOST_OUTPUTS * (MOST_OUT + MOST_MORE)];                                        \
        random_layer(&l, X_MIN, Y_MIN, DIRECT);                                                                        \
        const X *rows[MOST_ROWS];                                                                                      \
        for (int k = 0; k < MOST_ROWS; ++k) {                                                                          \
            rows[k] = l.present[k] ? (const X *)l.x[k] : NULL;                                                         \
        }                                                                                                              \
        memset(y, 0x55, sizeof y);                                                                                     \
        memset(panel, 0x55, sizeof panel);                                                                             \
        CALL(brn, NAME, ZERO, TILE, (Y *)y[0] + GUARD);                                                                \
        CALL(plain, NAME, ZERO, TILE, (Y *)y[1] + GUARD);                                                              \
        compare(#NAME, round, &l, y[0], y[1]);                                                                         \
    }
#define X_ZERO(L) L.x_zero,
#define PANEL(L) (uint32_t)L.tile, panel,
#define NONE(L)

int main(void)
{
    CHECK(dots_s8_s8, 0, int8_t, int8_t, -128, -128, X_ZERO, PANEL)
    CHECK(dots_s8_u8, 0, int8_t, uint8_t, -128, 0, X_ZERO, PANEL)
    CHECK(dots_u8_s8, 0, uint8_t, int8_t, 0, -128, X_ZERO, PANEL)
    CHECK(dots_u8_u8, 0, uint8_t, uint8_t, 0, 0, X_ZERO, PANEL)
    CHECK(dots_direct_s8_s8, 1, int8_t, int8_t, -128, -128, NONE, NONE)
    CHECK(dots_direct_s8_u8, 1, int8_t, uint8_t, -128, 0, NONE, NONE)
    printf("%d differences\n", failures);
    return failures != 0;
}
