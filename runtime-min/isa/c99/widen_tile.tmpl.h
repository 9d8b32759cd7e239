/* brn_widen_@t@ of @COUNT@, step values apart, side by side in the panel. */
static void brn_@NAME@(const @t.c@ *x, uint32_t step, uint32_t n, uint32_t *panel)
{
    for (uint32_t p = 0u; p < @SIZE@u; ++p) {
        brn_widen_@t@(x + (size_t)p * step, n, @SIZE@u, panel + p);
    }
}
