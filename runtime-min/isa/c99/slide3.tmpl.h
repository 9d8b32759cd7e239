/* One output row of a depthwise convolution of 3 rows and 3 columns of taps, by a horizontal stride of @STRIDE@:
 *   y[x * c + j] = brn_scale_high(acc, mult, offset, 2), saturated
 * acc is that of brn_window3_@a@ from column x * @STRIDE@ - pad on, mult is table[5 * j + 1] without its sign bit. A channel's weights, and the columns that the next window shares, stay in registers while it slides over the row. Returns 1; another machine's form may return 0 for rows that it leaves to its caller. */
static int brn_@NAME@(const @a.c@ *const *rows, uint32_t in_w, uint32_t c, int32_t pad, int32_t x_zero, const int32_t *table, int32_t offset, @y.c@ *y, uint32_t out_w)
{
    const @a.c@ zero = (@a.c@)x_zero;
    const uint32_t step0 = rows[0] != NULL ? c : 0u; /* a row outside the image is one zero */
    const uint32_t step1 = rows[1] != NULL ? c : 0u;
    const uint32_t step2 = rows[2] != NULL ? c : 0u;
    for (uint32_t j = 0u; j < c; ++j, table += 5) {
        const @a.c@ *const x0 = rows[0] != NULL ? rows[0] + j : &zero;
        const @a.c@ *const x1 = rows[1] != NULL ? rows[1] + j : &zero;
        const @a.c@ *const x2 = rows[2] != NULL ? rows[2] + j : &zero;
        const int32_t w00 = brn_weight3(table, 0u, 0u);
        const int32_t w01 = brn_weight3(table, 0u, 1u);
        const int32_t w02 = brn_weight3(table, 0u, 2u);
        const int32_t w10 = brn_weight3(table, 1u, 0u);
        const int32_t w11 = brn_weight3(table, 1u, 1u);
        const int32_t w12 = brn_weight3(table, 1u, 2u);
        const int32_t w20 = brn_weight3(table, 2u, 0u);
        const int32_t w21 = brn_weight3(table, 2u, 1u);
        const int32_t w22 = brn_weight3(table, 2u, 2u);
        const uint32_t first = (uint32_t)table[0];
        const int32_t mult = table[1] & INT32_MAX;
        uint32_t column = (uint32_t)-pad;
        @y.c@ *out = y + j;
        int32_t t0 = column < in_w ? x0[column * step0] : x_zero; /* first column of a window */
        int32_t t1 = column < in_w ? x1[column * step1] : x_zero;
        int32_t t2 = column < in_w ? x2[column * step2] : x_zero;
        int32_t u0 = x_zero;
        int32_t u1 = x_zero;
        int32_t u2 = x_zero;
        ++column;
        if (@STRIDE@u == 1u && column < in_w) {
            u0 = x0[column * step0];
            u1 = x1[column * step1];
            u2 = x2[column * step2];
        }
        column += @STRIDE@u == 1u ? 1u : 0u;
        for (uint32_t x = 0u; x < out_w; ++x, ++column, out += c) {
            if (@STRIDE@u == 2u) {
                u0 = column < in_w ? x0[column * step0] : x_zero;
                u1 = column < in_w ? x1[column * step1] : x_zero;
                u2 = column < in_w ? x2[column * step2] : x_zero;
                ++column;
            }
            const int32_t v0 = column < in_w ? x0[column * step0] : x_zero;
            const int32_t v1 = column < in_w ? x1[column * step1] : x_zero;
            const int32_t v2 = column < in_w ? x2[column * step2] : x_zero;
            const int32_t sum0 = t0 * w00 + u0 * w01 + v0 * w02;
            const int32_t sum1 = t1 * w10 + u1 * w11 + v1 * w12;
            const int32_t sum2 = t2 * w20 + u2 * w21 + v2 * w22;
            const uint32_t acc = first + (uint32_t)(sum0 + sum1 + sum2);
            *out = (@y.c@)brn_saturate_@y@(brn_scale_high(acc, mult, offset, 2u));
            t0 = @STRIDE@u == 1u ? u0 : v0;
            t1 = @STRIDE@u == 1u ? u1 : v1;
            t2 = @STRIDE@u == 1u ? u2 : v2;
            u0 = v0;
            u1 = v1;
            u2 = v2;
        }
    }
    return 1;
}
