#include "conv/window_at.h"

/* The values of the window of kh rows and kw taps whose first tap is at the given column, in the order [kh][kw][in_c]. Rows that are NULL and columns outside 0 .. in_w - 1 are zeros. */
static inline void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t dilation, @t.c@ *values)
{
    const brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
    for (uint32_t k = 0u; k < kh; ++k) {
        for (uint32_t t = 0u; t < kw; ++t) {
            const int inside = rows[k] != NULL && t >= window.first && t < window.last;
            const uint32_t at = window.offset + (t - window.first) * window.step;
            for (uint32_t c = 0u; c < in_c; ++c) {
                *values++ = inside ? rows[k][at + c] : 0.0@t.f@;
            }
        }
    }
}
