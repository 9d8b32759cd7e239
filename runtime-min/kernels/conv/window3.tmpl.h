#include "isa.h"

/* The sum of channel j of c over the window of 3 rows and 3 columns that begins at the given column:
 *   entry[0] + sum over k < 3, t < 3 of rows[k][(column + t) * c + j] * w[k][t]
 * The pixels lie c elements apart; columns outside 0 .. in_w - 1 and rows that are NULL read as x_zero. The entry is that of the channel in the table: its first sum, a multiplier, and 9 bytes of weights in 3 words, from the lowest byte on:
 *   w[0][0] w[0][1] w[1][0] w[1][1]    w[0][2] w[2][0] w[1][2] w[2][1]    w[2][1] 0 w[2][2] 0 */
static uint32_t brn_window3_@a@(const @a.c@ *const *rows, uint32_t in_w, uint32_t c, int32_t column, int32_t x_zero, const int32_t *entry, uint32_t j)
{
    uint32_t acc = (uint32_t)entry[0];
    for (uint32_t k = 0u; k < 3u; ++k) {
        for (uint32_t t = 0u; t < 3u; ++t) {
            const uint32_t at = (uint32_t)column + t;
            const int32_t x = rows[k] != NULL && at < in_w ? rows[k][(size_t)at * c + j] : x_zero;
            acc += (uint32_t)(x * brn_weight3(entry, k, t));
        }
    }
    return acc;
}
