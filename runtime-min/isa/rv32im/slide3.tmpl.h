/* One output row of a depthwise convolution of 3 rows and 3 columns of taps, by a horizontal stride of @STRIDE@. The loop over a channel's row is written out three times, so that columns stay in the registers they were loaded to: d0k, d1k and d2k are three columns of row k. A row outside the image is another one with weights of zero. Returns 0 for rows of other shapes than the usual ones. */
static int brn_@NAME@(const @a.c@ *const *rows, uint32_t in_w, uint32_t c, int32_t pad, int32_t x_zero, const int32_t *table, int32_t offset, @y.c@ *y, uint32_t out_w)
{
    const @a.c@ *const some = rows[0] != NULL ? rows[0] : (rows[1] != NULL ? rows[1] : rows[2]);
    const uint32_t columns = in_w + (uint32_t)pad;
    const uint32_t fit = columns < 3u ? 0u : (columns - 3u) / @STRIDE@u + 1u;
    const uint32_t inside = fit < out_w ? fit : out_w; /* windows that end in the image */
    if (some == NULL || (uint32_t)pad > 1u || in_w < 2u) {
        return 0;
    }
    for (uint32_t j = 0u; j < c; ++j, table += 5) {
        const int8_t *const w = (const int8_t *)(table + 2); /* see brn_window3_@a@ */
        int32_t w00 = w[0], w01 = w[1], w02 = w[4];
        int32_t w10 = w[2], w11 = w[3], w12 = w[6];
        int32_t w20 = w[5], w21 = w[7], w22 = w[10];
        const int32_t mult = table[1] & INT32_MAX;
        uint32_t first = (uint32_t)table[0];
        @for k 3@
        const @a.c@ *x@k@ = (rows[@k@] != NULL ? rows[@k@] : some) + j;
        if (rows[@k@] == NULL) {
            first += (uint32_t)(x_zero * (w@k@0 + w@k@1 + w@k@2));
            w@k@0 = w@k@1 = w@k@2 = 0;
        }
        int32_t d0@k@ = x_zero, d1@k@ = x_zero, d2@k@ = x_zero;
        if (pad == 0) {
            d0@k@ = *x@k@;
            x@k@ += c;
        }
        @if STRIDE == 1@
        d1@k@ = *x@k@;
        x@k@ += c;
        @end@
        @end@
        @y.c@ *out = y + j;
        uint32_t acc;
        int32_t scaled;
        uint32_t left = inside;
        for (; left > 2u; left -= 3u) {
            @for n 3@
            @for k 3@
            @if STRIDE == 2@
            d@((STRIDE * n + 1) % 3)@@k@ = *x@k@;
            x@k@ += c;
            @end@
            d@((STRIDE * n + 2) % 3)@@k@ = *x@k@;
            x@k@ += c;
            @end@
            acc = first;
            @for k 3@
            acc += (uint32_t)(d@((STRIDE * n) % 3)@@k@ * w@k@0 + d@((STRIDE * n + 1) % 3)@@k@ * w@k@1 + d@((STRIDE * n + 2) % 3)@@k@ * w@k@2);
            @end@
            scaled = brn_scale_high(acc, mult, offset, 2u);
            *out = (@y.c@)brn_saturate_@y@(scaled);
            out += c;
            @end@
        }
        uint32_t column = @if STRIDE == 1@inside - left + 2u@end@@if STRIDE == 2@2u * (inside - left) + 1u@end@ - (uint32_t)pad;
        for (left += out_w - inside; left != 0u; --left, out += c) {
            @if STRIDE == 2@
            @for k 3@
            d1@k@ = column < in_w ? *x@k@ : x_zero;
            x@k@ += c;
            @end@
            ++column;
            @end@
            @for k 3@
            d2@k@ = column < in_w ? *x@k@ : x_zero;
            x@k@ += c;
            @end@
            ++column;
            acc = first;
            @for k 3@
            acc += (uint32_t)(d0@k@ * w@k@0 + d1@k@ * w@k@1 + d2@k@ * w@k@2);
            @end@
            scaled = brn_scale_high(acc, mult, offset, 2u);
            *out = (@y.c@)brn_saturate_@y@(scaled);
            @for k 3@
            d0@k@ = @if STRIDE == 1@d1@k@@end@@if STRIDE == 2@d2@k@@end@;
            @if STRIDE == 1@
            d1@k@ = d2@k@;
            @end@
            @end@
        }
    }
    return 1;
}
