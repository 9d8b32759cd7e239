#include <math.h>
#include "roi/roi_bin_end_@t@.h"

/* Maxima over the bins of regions of images: y[r][p][q][j] = max of channel j over bin (p, q) of region r, for r < n, p < out_h, q < out_w, j < c; 0 for a bin without pixels, NaN if any is. rois[r] is (image, x1, y1, x2, y2), the corners times `scale` rounded to whole pixels, both inside the region. x [images][h][w][c], none of these 0; the image's number is clamped. Source: ONNX MaxRoiPool-22. */
static void brn_@NAME@(const @t.c@ *x, uint32_t images, uint32_t h, uint32_t w, uint32_t c, const @t.c@ *rois, uint32_t n, @t.c@ scale, @t.c@ *y, uint32_t out_h, uint32_t out_w)
{
    for (uint32_t r = 0u; r < n; ++r) {
        const @t.c@ *const roi = rois + (size_t)r * 5u;
        const size_t number = brn_roi_bin_end_@t@(roi[0], images - 1u);
        const @t.c@ *const from = x + number * h * w * c;
        const @t.c@ left = round@t.f@(roi[1] * scale);
        const @t.c@ top = round@t.f@(roi[2] * scale);
        const @t.c@ width = round@t.f@(roi[3] * scale) - left + 1.0@t.f@;
        const @t.c@ height = round@t.f@(roi[4] * scale) - top + 1.0@t.f@;
        const @t.c@ bin_w = fmax@t.f@(width, 1.0@t.f@) / (@t.c@)out_w;
        const @t.c@ bin_h = fmax@t.f@(height, 1.0@t.f@) / (@t.c@)out_h;
        for (uint32_t bin = 0u; bin < out_h * out_w; ++bin) {
            const @t.c@ p = (@t.c@)(bin / out_w);
            const @t.c@ q = (@t.c@)(bin % out_w);
            const uint32_t y0 = brn_roi_bin_end_@t@(top + floor@t.f@(p * bin_h), h);
            const uint32_t y1 = brn_roi_bin_end_@t@(top + ceil@t.f@((p + 1.0@t.f@) * bin_h), h);
            const uint32_t x0 = brn_roi_bin_end_@t@(left + floor@t.f@(q * bin_w), w);
            const uint32_t x1 = brn_roi_bin_end_@t@(left + ceil@t.f@((q + 1.0@t.f@) * bin_w), w);
            @t.c@ *const out = y + ((size_t)r * out_h * out_w + bin) * c;
            for (uint32_t j = 0u; j < c; ++j) {
                @t.c@ most = 0.0@t.f@;
                for (uint32_t row = y0; row < y1; ++row) {
                    for (uint32_t column = x0; column < x1; ++column) {
                        const @t.c@ v = from[((size_t)row * w + column) * c + j];
                        const int first = row == y0 && column == x0;
                        most = first || v > most || v != v ? v : most;
                    }
                }
                out[j] = most;
            }
        }
    }
}
