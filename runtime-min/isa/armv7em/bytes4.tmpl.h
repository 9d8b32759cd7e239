/* brn_bytes2_@t@ of four channels; the weights of the second two lie step words behind those of the first. */
static void brn_bytes4_@t@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    const uint32_t whole = n & ~3u;
    brn_quads4_@t@(x, x + whole, w, step, acc);
    if (whole != n) {
        brn_bytes2_@t@(x + whole, n - whole, w + whole / 2u, acc);
        brn_bytes2_@t@(x + whole, n - whole, w + step + whole / 2u, acc + 2);
    }
}
