/* Of each four neighbouring bytes, in six columns x_step apart, brn_six: of bytes 0 and 2 at v, of bytes 1 and 3 at v + apart. */
static void brn_six_@t@(const @t.c@ *x, uint32_t x_step, uint32_t *v, uint32_t step, uint32_t apart)
{
    for (uint32_t h = 0u; h < 2u; ++h) {
        uint32_t d[6];
        for (uint32_t k = 0u; k < 6u; ++k) {
            d[k] = brn_even_@t@(brn_word(x + (size_t)k * x_step) >> 8u * h);
        }
        brn_six(d, v + h * apart, step);
    }
}
