#include "packed/noinline.h"

/* Copies width values of each of count columns, from from_step values after the other to to_step after the other.@if BIAS@ From all of them 128 is taken.@end@ */
static BRN_NOINLINE void brn_copy_columns_@a@(const @a.c@ *from, uint32_t from_step, uint32_t width, uint32_t count, int8_t *to, uint32_t to_step)
{
    for (; width >= 16u; width -= 16u, from += 16, to += 16) {
        const @a.c@ *x = from;
        int8_t *v = to;
        for (uint32_t n = count; n != 0u; --n, x += from_step, v += to_step) {
            vstrbq_s8(v, brn_values_@a@(x));
        }
    }
    if (width != 0u) {
        const mve_pred16_t inside = vctp8q(width);
        for (; count != 0u; --count, from += from_step, to += to_step) {
            vstrbq_p_s8(to, brn_values_inside_@a@(from, inside), inside);
        }
    }
}

/* The same of columns of width values that touch each other, as many at a time as a vector holds. offsets are where its values go. */
static BRN_NOINLINE void brn_spread_columns_@a@(const @a.c@ *from, uint32_t width, uint32_t count, uint8x16_t offsets, int8_t *to, uint32_t to_step)
{
    const uint32_t together = 16u / width;
    for (; count > together; count -= together) {
        const int8x16_t values = brn_values_inside_@a@(from, vctp8q(together * width));
        vstrbq_scatter_offset_p_s8(to, offsets, values, vctp8q(together * width));
        from += together * width;
        to += together * to_step;
    }
    const mve_pred16_t inside = vctp8q(count * width);
    const int8x16_t values = brn_values_inside_@a@(from, inside);
    vstrbq_scatter_offset_p_s8(to, offsets, values, inside);
}

/* Puts count columns of width values zero to_step values after the other. */
static BRN_NOINLINE void brn_zero_columns_@a@(int8_t zero, uint32_t width, uint32_t count, int8_t *to, uint32_t to_step)
{
    for (; count != 0u; --count, to += to_step) {
        for (uint32_t i = 0u; i < width; i += 16u) {
            vstrbq_p_s8(to + i, vdupq_n_s8(zero), vctp8q(width - i));
        }
    }
}

/* brn_dots_columns_@a@, up to sixteen values at a time. */
static BRN_NOINLINE void brn_dots_columns_@a@(const @a.c@ *const *rows, uint32_t kh, int32_t column, uint32_t count, uint32_t in_w, uint32_t in_c, uint32_t in_step, int32_t x_zero, int8_t *panel)
{
    const uint32_t step = kh * in_c;
    const int8_t zero = (int8_t)@ZERO@;
    const int32_t to_end = (int32_t)in_w - column;
    const uint32_t end = to_end < 0 ? 0u : ((uint32_t)to_end < count ? (uint32_t)to_end : count);
    const uint32_t before = column < 0 ? (uint32_t)-column : 0u;
    const uint32_t begin = before < end ? before : end;
    const uint32_t together = in_c < 8u ? 16u / in_c : 1u;
    const int spreads = in_c < 8u && in_step == in_c && (together - 1u) * step + in_c <= 256u;
    uint8x16_t offsets = vidupq_n_u8(0u, 1);
    if (spreads) { /* value i is of column i / in_c */
        const uint8x16_t reciprocal = vdupq_n_u8((uint8_t)(256u / in_c + 1u));
        const uint8x16_t columns = in_c == 1u ? offsets : vmulhq_u8(offsets, reciprocal);
        offsets = vmlaq_n_u8(offsets, columns, (uint8_t)(step - in_c));
    }
    if (begin != 0u) {
        brn_zero_columns_@a@(zero, begin * step, 1u, panel, 0u);
    }
    if (end != count) {
        brn_zero_columns_@a@(zero, (count - end) * step, 1u, panel + (size_t)end * step, 0u);
    }
    panel += (size_t)begin * step;
    for (uint32_t k = 0u; begin != end && k < kh; ++k, panel += in_c) {
        if (rows[k] == NULL) {
            brn_zero_columns_@a@(zero, in_c, end - begin, panel, step);
            continue;
        }
        const @a.c@ *const from = rows[k] + (size_t)((uint32_t)column + begin) * in_step;
        if (spreads) {
            brn_spread_columns_@a@(from, in_c, end - begin, offsets, panel, step);
        } else {
            brn_copy_columns_@a@(from, in_step, in_c, end - begin, panel, step);
        }
    }
}
