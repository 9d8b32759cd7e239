/* Whether element i of x comes before element j when the largest comes first (the smallest, if smallest isn't 0): of equals the one with the lower index. @NOTE@ */
static int brn_@NAME@(const @t.c@ *x, uint32_t step, int64_t i, int64_t j, uint32_t smallest)
{
    const @t.c@ u = x[(size_t)i * step];
    const @t.c@ v = x[(size_t)j * step];
    if (@ABOVE@) {
        return smallest == 0u;
    }
    if (@BELOW@) {
        return smallest != 0u;
    }
    return i < j;
}
