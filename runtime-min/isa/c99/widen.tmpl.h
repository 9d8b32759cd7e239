/* n values, four at a time, as pairs of 16 bits: word (2 * q + h) * pixels of the panel gets x[4 * q + h] in its lower half and x[4 * q + 2 + h] in its upper one, h = 0, 1. Behind the last value stand zeros. */
static void brn_widen_@t@(const @t.c@ *x, uint32_t n, uint32_t pixels, uint32_t *panel)
{
    const @t.c@ *const end = x + (n & ~3u);
    for (; x != end; x += 4, panel += 2u * pixels) {
        panel[0] = ((uint32_t)x[0] & 0xFFFFu) | (uint32_t)x[2] << 16;
        panel[pixels] = ((uint32_t)x[1] & 0xFFFFu) | (uint32_t)x[3] << 16;
    }
    if ((n & 3u) != 0u) {
        panel[0] = ((uint32_t)x[0] & 0xFFFFu) | ((n & 3u) > 2u ? (uint32_t)x[2] << 16 : 0u);
        panel[pixels] = (n & 3u) > 1u ? (uint32_t)x[1] & 0xFFFFu : 0u;
    }
}
