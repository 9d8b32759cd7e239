#include "move/wrap_index_s64.h"
#include "roi/roi_bin_@MODE@_@t@.h"
#include "roi/roi_rows_@t@.h"

/* Regions of images, resampled: y[r][p][q][j] = @MODE@ over the samples of bin (p, q) of region r, for r < n, p < out_h, q < out_w, j < c. rois[r] is (x1, y1, x2, y2), times `scale` less `shift` in pixels of image[r] (clamped to the images there are), at least `least` long and wide. Bins have grid x grid samples, or if grid is 0, one for each pixel they cover. x [images][h][w][c], none of these 0. Source: ONNX RoiAlign-22. */
static void brn_@NAME@(const @t.c@ *x, uint32_t images, uint32_t h, uint32_t w, uint32_t c, const @t.c@ *rois, const int64_t *image, uint32_t n, @t.c@ scale, @t.c@ shift, @t.c@ least, uint32_t grid, @t.c@ *y, uint32_t out_h, uint32_t out_w)
{
    for (uint32_t r = 0u; r < n; ++r) {
        const @t.c@ *const roi = rois + (size_t)r * 4u;
        const @t.c@ left = roi[0] * scale - shift;
        const @t.c@ top = roi[1] * scale - shift;
        const @t.c@ width = roi[2] * scale - shift - left;
        const @t.c@ height = roi[3] * scale - shift - top;
        const @t.c@ bin_w = (width > least ? width : least) / (@t.c@)out_w;
        const @t.c@ bin_h = (height > least ? height : least) / (@t.c@)out_h;
        const uint32_t columns = brn_roi_rows_@t@(bin_w, grid);
        const uint32_t rows = brn_roi_rows_@t@(bin_h, grid);
        const size_t number = brn_wrap_index_s64(image[r], images);
        const @t.c@ *const from = x + number * h * w * c;
        for (uint32_t bin = 0u; bin < out_h * out_w; ++bin) {
            const @t.c@ bin_top = top + (@t.c@)(bin / out_w) * bin_h;
            const @t.c@ bin_left = left + (@t.c@)(bin % out_w) * bin_w;
            @t.c@ *const out = y + ((size_t)r * out_h * out_w + bin) * c;
            (void)brn_roi_bin_@MODE@_@t@(from, h, w, c, bin_top, bin_left, bin_h / (@t.c@)rows,
                                         bin_w / (@t.c@)columns, rows, columns, out);
        }
    }
}
