/* Butterflies: pairs of transforms of size values each, which lie one after the other in work[0 .. n - 1], become transforms of twice the size. turn[k] = cos + j sin of 2 pi k / n; sign -1 forward, 1 inverse. */
static void brn_@NAME@(@t.c@ *work, const @t.c@ *turn, uint32_t n, uint32_t size, @t.c@ sign)
{
    const uint32_t turn_step = n / (2u * size);
    for (uint32_t first = 0u; first < n; first += 2u * size) {
        @t.c@ *a = work + 2u * (size_t)first;
        @t.c@ *b = a + 2u * (size_t)size;
        for (uint32_t k = 0u; k < size; ++k) {
            const @t.c@ re = turn[2u * (size_t)k * turn_step];
            const @t.c@ im = sign * turn[2u * (size_t)k * turn_step + 1u];
            const @t.c@ b_re = re * b[2u * (size_t)k] - im * b[2u * (size_t)k + 1u];
            const @t.c@ b_im = re * b[2u * (size_t)k + 1u] + im * b[2u * (size_t)k];
            b[2u * (size_t)k] = a[2u * (size_t)k] - b_re;
            b[2u * (size_t)k + 1u] = a[2u * (size_t)k + 1u] - b_im;
            a[2u * (size_t)k] += b_re;
            a[2u * (size_t)k + 1u] += b_im;
        }
    }
}
