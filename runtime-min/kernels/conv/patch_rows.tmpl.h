#include "conv/window_at.h"
#include "isa.h"

/* Copies what the windows of some pixels see, stride columns apart, of kh rows and kw taps; the first tap of the first one is at the given column. Rows that are NULL and columns outside 0 .. in_w - 1 read as x_zero. In patch neighbouring taps lie next to each other; copies[k] becomes the place of row k. Returns how many elements further the next pixel's window begins. */
static uint32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t pixels, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, uint32_t dilation, int32_t x_zero, @t.c@ *patch, const @t.c@ **copies)
{
    const int shares = dilation == 1u; /* windows overlap: all of them are one part */
    const uint32_t parts = shares ? 1u : pixels;
    const uint32_t columns = shares ? (pixels - 1u) * stride + kw : kw;
    const uint32_t row = parts * columns * in_c;
    for (uint32_t k = 0u; k < kh; ++k) {
        copies[k] = patch + (size_t)k * row;
    }
    for (uint32_t p = 0u; p < parts; ++p, column += (int32_t)stride, patch += columns * in_c) {
        const brn_window inside = brn_window_at(column, in_w, in_c, in_step, columns, dilation);
        const int is_outside = inside.first >= inside.last;
        const uint32_t before = (is_outside ? columns : inside.first) * in_c;
        const uint32_t behind = is_outside ? 0u : (columns - inside.last) * in_c;
        const uint32_t runs = is_outside ? 0u : inside.runs;
        for (uint32_t k = 0u; k < kh; ++k) {
            @t.c@ *to = patch + (size_t)k * row;
            if (rows[k] == NULL) {
                brn_fill_bytes(to, x_zero, columns * in_c);
                continue;
            }
            brn_fill_bytes(to, x_zero, before);
            to += before;
            for (uint32_t r = 0u; r < runs; ++r, to += inside.run) {
                const size_t from = inside.offset + (size_t)r * inside.step;
                brn_copy_bytes(to, rows[k] + from, inside.run);
            }
            brn_fill_bytes(to, x_zero, behind);
        }
    }
    return shares ? stride * in_c : kw * in_c;
}
