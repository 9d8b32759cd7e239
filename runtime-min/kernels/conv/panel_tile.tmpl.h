#include "conv/panel_fill.h"
#include "conv/panel_pixel_@t@.h"
#include "isa.h"

/* brn_panel_pixel_@t@ of @COUNT@, stride columns apart, the first of which is at the given column. */
static inline void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, uint32_t dilation, int32_t x_zero, uint32_t *panel)
{
    const int touching = dilation == 1u && in_step == in_c;
    const uint32_t columns = @(SIZE - 1)@u * stride + kw;
    if (!touching || column < 0 || (uint32_t)column + columns > in_w) {
        for (uint32_t p = 0u; p < @SIZE@u; ++p, column += (int32_t)stride) {
            brn_panel_pixel_@t@(rows, kh, column, in_w, in_c, in_step, kw, dilation, x_zero, @SIZE@u,
                               panel + p);
        }
        return;
    }
    const uint32_t run = kw * in_c;
    const size_t at = (size_t)(uint32_t)column * in_c;
    for (uint32_t k = 0u; k < kh; ++k, panel += (run + 3u) / 4u * @(2 * SIZE)@u) {
        if (rows[k] != NULL) {
            brn_widen@SIZE@_@t@(rows[k] + at, stride * in_c, run, panel);
        } else {
            brn_panel_fill(x_zero, (run + 3u) / 4u * @(4 * SIZE)@u, 1u, panel);
        }
    }
}
