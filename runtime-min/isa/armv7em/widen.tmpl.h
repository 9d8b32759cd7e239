/* n values, four at a time, as pairs of 16 bits: word (2 * q + h) * pixels of the panel gets x[4 * q + h] in its lower half and x[4 * q + 2 + h] in its upper one, h = 0, 1. Behind the last value stand zeros. */
static void brn_widen_@t@(const @t.c@ *x, uint32_t n, uint32_t pixels, uint32_t *panel)
{
    const @t.c@ *const end = x + (n & ~3u);
    for (; x != end; x += 4, panel += 2u * pixels) {
        const uint32_t v = brn_word(x);
        panel[0] = brn_even_@t@(v);
        panel[pixels] = brn_odd_@t@(v);
    }
    if ((n & 3u) != 0u) {
        uint32_t v = 0u;
        memcpy(&v, x, n & 3u);
        panel[0] = brn_even_@t@(v);
        panel[pixels] = brn_odd_@t@(v);
    }
}
