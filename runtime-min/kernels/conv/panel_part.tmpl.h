#include "conv/panel_fill.h"
#include "isa.h"

/* A run of a window that lies partly outside the row: n values of which x has count, from value first on; the others read as x_zero. */
static inline void brn_panel_part_@t@(const @t.c@ *x, uint32_t first, uint32_t count, uint32_t n, int32_t x_zero, uint32_t pixels, uint32_t *panel)
{
    brn_panel_fill(x_zero, n, pixels, panel);
    if ((first & 3u) == 0u && (count & 3u) == 0u) {
        brn_widen_@t@(x, count, pixels, panel + (first / 2u) * pixels);
        return;
    }
    for (uint32_t i = first; i < first + count; ++i) {
        uint32_t *const pair = panel + (i / 4u * 2u + (i & 1u)) * pixels;
        const uint32_t shift = (i & 2u) * 8u;
        *pair = (*pair & ~(0xFFFFu << shift)) | ((uint32_t)x[i - first] & 0xFFFFu) << shift;
    }
}
