/* work[0 .. n - 1], complex, n = 2^levels * odd: transforms of odd values each, one after the other, become one of n values by butterflies. turn[k * turn_step] = cos + j sin of 2 pi k / n; sign -1 forward, 1 inverse. Source: ONNX DFT-20; J. W. Cooley, J. W. Tukey, 1965. */
static void brn_@NAME@(@t.c@ *work, const @t.c@ *turn, uint32_t turn_step, uint32_t levels, uint32_t odd, @t.c@ sign)
{
    uint32_t size = odd;
    for (uint32_t level = levels; level > 0u; --level) {
        const uint32_t pairs = (uint32_t)1u << (level - 1u);
        for (uint32_t pair = 0u; pair < pairs; ++pair) {
            @t.c@ *a = work + 4u * (size_t)pair * size;
            @t.c@ *b = a + 2u * (size_t)size;
            for (uint32_t k = 0u; k < size; ++k) {
                const @t.c@ *w = turn + 2u * (size_t)k * pairs * turn_step;
                const @t.c@ im = sign * w[1];
                const @t.c@ b_re = w[0] * b[2u * (size_t)k] - im * b[2u * (size_t)k + 1u];
                const @t.c@ b_im = w[0] * b[2u * (size_t)k + 1u] + im * b[2u * (size_t)k];
                b[2u * (size_t)k] = a[2u * (size_t)k] - b_re;
                b[2u * (size_t)k + 1u] = a[2u * (size_t)k + 1u] - b_im;
                a[2u * (size_t)k] += b_re;
                a[2u * (size_t)k + 1u] += b_im;
            }
        }
        size *= 2u;
    }
}
