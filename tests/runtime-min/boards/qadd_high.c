/* Quantised sums in both forms, of random values and scales: all of one length, or one with a single value. */
#include "random.h"
#include "twins.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 70, GUARD = 16, ROUNDS = 1000 };

static int failures;

#define CHECK(NAME, T, MIN)                                                                                            \
    for (int32_t round = 0; round < ROUNDS; ++round) {                                                                 \
        static uint8_t a[MOST], b[MOST], y[2][MOST + 2 * GUARD];                                                       \
        const uint32_t n = (uint32_t)random_integer(0, MOST), a_step = random_integer(0, 4) != 0;                      \
        const uint32_t b_step = random_integer(0, 4) != 0;                                                             \
        const uint32_t shift = (uint32_t)random_integer(1, 20);                                                        \
        const int32_t most = (1 << 9) << shift; /* so that sums stay small and results don't all saturate */           \
        const int32_t a_mult = random_integer(-most, most), b_mult = random_integer(-most, most);                      \
        const int32_t offset = random_integer(-128, 255) * (1 << shift) + (1 << (shift - 1u));                         \
        const int32_t lo = random_integer(0, 2) ? MIN : MIN + random_integer(0, 120);                                  \
        const int32_t hi = random_integer(0, 2) ? MIN + 255 : MIN + random_integer(130, 255);                          \
        random_bytes(a, sizeof a);                                                                                     \
        random_bytes(b, sizeof b);                                                                                     \
        memset(y, 0x55, sizeof y);                                                                                     \
        brn_qadd_high_##NAME((const T *)a, a_step, (const T *)b, b_step, (T *)y[0] + GUARD, n, a_mult, b_mult,         \
                             offset, shift, lo, hi);                                                                   \
        plain_qadd_high_##NAME((const T *)a, a_step, (const T *)b, b_step, (T *)y[1] + GUARD, n, a_mult, b_mult,       \
                               offset, shift, lo, hi);                                                                 \
        if (memcmp(y[0], y[1], sizeof y[0]) != 0 && failures++ < 10) {                                                 \
            printf(#NAME " round %ld: n %lu steps %lu %lu shift %lu\n", (long)round, (unsigned long)n,                 \
                   (unsigned long)a_step, (unsigned long)b_step, (unsigned long)shift);                                \
        }                                                                                                              \
    }

int main(void)
{
    CHECK(s8, int8_t, -128)
    CHECK(u8, uint8_t, 0)
    printf("%d differences\n", failures);
    return failures != 0;
}
