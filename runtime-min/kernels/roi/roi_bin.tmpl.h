#include <math.h>
#include "roi/roi_place_@t@.h"

/* One bin of a region of an image of h x w pixels of c channels: y[j] = @WHAT@, for j < c; 0 without samples. The samples lie step_y and step_x apart, the first half a step behind (top, left); outside the image they are 0. Returns their number. Source: ONNX RoiAlign-22. */
static uint32_t brn_@NAME@(const @t.c@ *x, uint32_t h, uint32_t w, uint32_t c, @t.c@ top, @t.c@ left, @t.c@ step_y, @t.c@ step_x, uint32_t rows, uint32_t columns, @t.c@ *y)
{
    for (uint32_t j = 0u; j < c; ++j) {
        y[j] = 0.0@t.f@;
    }
    if (rows == 0u || columns == 0u) {
        return 0u;
    }
    for (uint32_t iy = 0u; iy < rows; ++iy) {
        uint32_t y0;
        const @t.c@ fy = brn_roi_place_@t@(top + ((@t.c@)iy + 0.5@t.f@) * step_y, h, &y0);
        const uint32_t y1 = y0 + 1u < h ? y0 + 1u : y0;
        for (uint32_t ix = 0u; ix < columns; ++ix) {
            uint32_t x0;
            const @t.c@ fx = brn_roi_place_@t@(left + ((@t.c@)ix + 0.5@t.f@) * step_x, w, &x0);
            const uint32_t x1 = x0 + 1u < w ? x0 + 1u : x0;
            const @t.c@ inside = fy < 0.0@t.f@ || fx < 0.0@t.f@ ? 0.0@t.f@ : 1.0@t.f@;
            const @t.c@ *const above = x + (size_t)y0 * w * c;
            const @t.c@ *const below = x + (size_t)y1 * w * c;
            const @t.c@ w00 = inside * (1.0@t.f@ - fy) * (1.0@t.f@ - fx);
            const @t.c@ w01 = inside * (1.0@t.f@ - fy) * fx;
            const @t.c@ w10 = inside * fy * (1.0@t.f@ - fx);
            const @t.c@ w11 = inside * fy * fx;
            for (uint32_t j = 0u; j < c; ++j) {
                const @t.c@ v00 = w00 * above[(size_t)x0 * c + j];
                const @t.c@ v01 = w01 * above[(size_t)x1 * c + j];
                const @t.c@ v10 = w10 * below[(size_t)x0 * c + j];
                const @t.c@ v11 = w11 * below[(size_t)x1 * c + j];
                const @t.c@ v = @VALUE@;
                y[j] = @UPDATE@;
            }
        }
    }
    for (uint32_t j = 0u; j < c; ++j) {
        y[j] = @LAST@;
    }
    return rows * columns;
}
