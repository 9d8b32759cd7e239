#include "conv/window.h"
#include "quant/round_float.h"

/* Taps first, first + step ... (count of them, numbered row by row) of channel j of a window, dequantised and added as float arithmetic does, rounding after each operation: the sum of (tap - zero) * scale, in units of the last bit of the scale, whose 24 bits are scale. Rows that are NULL add nothing. */
static int64_t brn_@NAME@(const @t.c@ *const *rows, const brn_window *window, uint32_t j, uint32_t first, uint32_t step, uint32_t count, int32_t zero, int64_t scale)
{
    const uint32_t columns = window->last - window->first;
    int64_t sum = 0;
    for (uint32_t i = first; count > 0u; i += step, --count) {
        const @t.c@ *const row = rows[i / columns];
        if (row != NULL) {
            const int64_t tap = row[window->offset + (size_t)(i % columns) * window->step + j];
            sum = brn_round_float(sum + brn_round_float((tap - zero) * scale));
        }
    }
    return sum;
}
