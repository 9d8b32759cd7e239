#include <string.h>

/* count columns of kh rows, the first at the given column, one after the other: panel[(n * kh + k) * in_c + j] is value j of row k at column + n. Rows that are NULL and columns outside 0 .. in_w - 1 read as x_zero.@if BIAS@ From all of them 128 is taken.@end@ */
static inline void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, int32_t column, uint32_t count, uint32_t in_w, uint32_t in_c, uint32_t in_step, int32_t x_zero, int8_t *panel)
{
    for (uint32_t n = 0u; n < count; ++n) {
        const uint32_t at = (uint32_t)column + n;
        for (uint32_t k = 0u; k < kh; ++k, panel += in_c) {
            if (rows[k] == NULL || at >= in_w) {
                memset(panel, @ZERO@, in_c);
                continue;
            }
            for (uint32_t j = 0u; j < in_c; ++j) {
                panel[j] = (int8_t)@OPEN@rows[k][(size_t)at * in_step + j]@LESS@;
            }
        }
    }
}
