#include "packed/noinline.h"
#include "conv/clamp_pixels_@y@.h"
#include "conv/dot_scales.h"

/* The pixels of a row of brn_depthwise_dots_@a@_@y@ by brn_depthwise_nine_@a@_@y@, neighbours that lie inside the image in one go. Fewer channels than sixteen, which divide it and touch their neighbours', are sixteen of joined pixels; what is left of them is made one by one. */
static BRN_NOINLINE void brn_depthwise_row_of_nine_@a@_@y@(const @a.c@ *const *rows, uint32_t in_w, uint32_t in_step, uint32_t stride, int32_t pad, uint32_t dilation, const @a.c@ *padding, const uint32_t *w, const brn_dot_scales *s, uint32_t joined, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const int touching = stride == 1u && in_step == s->out_c && out_step == s->out_c;
    const int full = s->out_c % 16u == 0u || joined != 1u;
    const int present = rows[0] != NULL && rows[1] != NULL && rows[2] != NULL;
    const uint32_t step = joined != 1u ? 16u : stride * in_step;
    uint32_t arguments[31];
    @for k 3@
    arguments[@(3 * k + 12)@] = rows[@k@] != NULL ? step : 0u;
    arguments[@(3 * k + 13)@] = arguments[@(3 * k + 12)@];
    arguments[@(3 * k + 14)@] = arguments[@(3 * k + 12)@];
    @end@
    arguments[24] = (uint32_t)w;
    arguments[25] = !(touching && full && present);
    arguments[27] = joined != 1u ? 16u : out_step;
    arguments[29] = (0u - s->out_c) % 16u;
    arguments[30] = (uint32_t)((s->offset - 2) / 4);
    for (uint32_t x = 0u; x < out_w;) {
        const uint32_t first = x * stride - (uint32_t)pad;
        const uint32_t last = first + 2u * dilation;
        uint32_t pixels = joined == 1u ? 1u : 0u;
        brn_nine_taps_@a@(rows, first, in_w, in_step, dilation, padding, arguments);
        if (first < in_w && last < in_w) {
            const uint32_t inside = (in_w - 1u - last) / stride + 1u;
            pixels = (inside < out_w - x ? inside : out_w - x) / joined;
        }
        if (pixels != 0u) {
            arguments[26] = (uint32_t)y;
            arguments[28] = pixels;
            brn_depthwise_nine_@a@_@y@(arguments);
            pixels *= joined;
        } else {
            const @a.c@ *taps[9];
            memcpy(taps, arguments, sizeof taps);
            brn_depthwise_taps_@a@_@y@(taps, 9u, w, s, y);
            pixels = 1u;
        }
        x += pixels;
        y += (size_t)pixels * out_step;
    }
}

/* brn_depthwise_dots_@a@_@y@: windows of nine taps in assembly, where it can. */
static void brn_depthwise_dots_@a@_@y@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const @a.c@ *padding, const uint32_t *w, int32_t offset, uint32_t shift, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_step)
{
    const brn_dot_scales scales = {offset, shift, lo, hi, c};
    const @a.c@ *taps[49];
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    const int touching = stride == 1u && in_step == c && out_step == c;
    const uint32_t joined = touching && c < 16u && 16u % c == 0u ? 16u / c : 1u;
    if (kh == 3u && kw == 3u && shift == 2u && (c >= 16u || joined != 1u)) {
        brn_depthwise_row_of_nine_@a@_@y@(rows, in_w, in_step, stride, pad, dilation, padding, w,
                                       &scales, joined, y, out_w, out_step);
        if (lo > (int32_t)@y.min@ || hi < (int32_t)@y.max@) {
            brn_clamp_pixels_@y@(y, out_w, c, out_step, lo, hi);
        }
        return;
    }
#endif
    for (uint32_t x = 0u; x < out_w; ++x, y += out_step) {
        const @a.c@ **tap = taps;
        for (uint32_t k = 0u; k < kh; ++k) {
            uint32_t column = x * stride - (uint32_t)pad;
            for (uint32_t t = 0u; t < kw; ++t, column += dilation) {
                const int inside = rows[k] != NULL && column < in_w;
                *tap++ = inside ? rows[k] + (size_t)column * in_step : padding;
            }
        }
        brn_depthwise_taps_@a@_@y@(taps, kh * kw, w, &scales, y);
    }
}
