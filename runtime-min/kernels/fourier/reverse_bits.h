/* The lowest count bits of x in reverse order, count <= 31; the others are 0. */
static uint32_t brn_reverse_bits(uint32_t x, uint32_t count)
{
    uint32_t y = 0u;
    for (uint32_t bit = 0u; bit < count; ++bit) {
        y = (y << 1) | ((x >> bit) & 1u);
    }
    return y;
}
