/* How many of the kh rows lie inside the image. */
static uint32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh)
{
    uint32_t inside = 0u;
    for (uint32_t k = 0u; k < kh; ++k) {
        inside += rows[k] != NULL ? 1u : 0u;
    }
    return inside;
}
