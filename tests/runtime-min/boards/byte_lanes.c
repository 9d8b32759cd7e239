/* Sums of bytes, element by element and over pixels, in both forms, on random sizes, values and scales. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 300, MOST_PIXELS = 5, GUARD = 16, ROUNDS = 300 };

/* What is random of a call. */
typedef struct {
    int32_t n, a_step, b_step, a_mult, b_mult, offset, shift, lo, hi, place, width, row;
    uint8_t a[MOST * MOST_PIXELS], b[MOST];
    int32_t sums[MOST];
} layer;

static void random_layer(layer *l, int32_t y_min)
{
    l->n = random_integer(1, random_integer(0, 1) ? 20 : MOST);
    l->a_step = random_integer(0, 3) != 0;
    l->b_step = random_integer(0, 3) != 0;
    l->shift = random_integer(1, 10);
    l->a_mult = random_integer(-(1 << 27), 1 << 27);
    l->b_mult = random_integer(-(1 << 27), 1 << 27);
    l->offset = random_integer(-(1 << 20), 1 << 20);
    l->lo = random_integer(0, 2) ? y_min : y_min + random_integer(0, 120);
    l->hi = random_integer(0, 2) ? y_min + 255 : y_min + random_integer(130, 255);
    l->place = random_integer(0, 2);
    l->width = random_integer(1, MOST_PIXELS);
    l->row = random_integer(0, 1);
    random_bytes(l->a, sizeof l->a);
    random_bytes(l->b, sizeof l->b);
    random_bytes((uint8_t *)l->sums, sizeof l->sums);
    for (int32_t j = 0; j < MOST; ++j) {
        l->sums[j] /= 2;
    }
}

static int failures;

static void compare(const char *name, int32_t round, int32_t n, const void *one, const void *other, size_t bytes)
{
    if (memcmp(one, other, bytes) != 0 && failures++ < 10) {
        printf("%s round %ld: %ld elements\n", name, (long)round, (long)n);
    }
}

/* The result lies over an input of step 1, or elsewhere. */
#define ADD(FORM, T, TYPE, FORMS)                                                                                      \
    {                                                                                                                  \
        TYPE *const y = (TYPE *)(l.place == 0 ? FORMS.y : (l.place == 1 && l.a_step == 1 ? FORMS.a                    \
                                                           : (l.b_step == 1 ? FORMS.b : FORMS.y)));                  \
        FORM##_qadd_high_##T((const TYPE *)FORMS.a, (uint32_t)l.a_step, (const TYPE *)FORMS.b, (uint32_t)l.b_step, y,  \
                             (uint32_t)l.n, l.a_mult, l.b_mult, l.offset, (uint32_t)l.shift, l.lo, l.hi);              \
        FORM##_pool_add_row_##T((const TYPE *)l.a, (uint32_t)l.width, (uint32_t)l.n, (uint32_t)l.row, FORMS.sums);     \
    }
#define CHECK(T, TYPE, Y_MIN)                                                                                          \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static layer l;                                                                                                \
        static struct {                                                                                                \
            uint8_t a[MOST], b[MOST], y[MOST + GUARD];                                                                 \
            int32_t sums[MOST];                                                                                        \
        } forms[2];                                                                                                    \
        random_layer(&l, Y_MIN);                                                                                       \
        memset(forms, 0x55, sizeof forms);                                                                             \
        for (int f = 0; f < 2; ++f) {                                                                                  \
            memcpy(forms[f].a, l.a, MOST);                                                                             \
            memcpy(forms[f].b, l.b, MOST);                                                                             \
            memcpy(forms[f].sums, l.sums, sizeof l.sums);                                                              \
        }                                                                                                              \
        ADD(brn, T, TYPE, forms[0])                                                                                    \
        ADD(plain, T, TYPE, forms[1])                                                                                  \
        compare(#T, round, l.n, &forms[0], &forms[1], sizeof forms[0]);                                                \
    }

int main(void)
{
    CHECK(s8, int8_t, -128)
    CHECK(u8, uint8_t, 0)
    printf("%d differences\n", failures);
    return failures != 0;
}
