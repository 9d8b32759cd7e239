/* brn_bytes2_@t@ of four channels; the weights of the second two lie step words behind those of the first. */
static void brn_bytes4_@t@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    brn_bytes2_@t@(x, n, w, acc);
    brn_bytes2_@t@(x, n, w + step, acc + 2);
}
