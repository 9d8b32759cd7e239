/* out[k] += z exp(sign * 2 pi j i k / odd), k < odd, complex; i < odd. turn[k * turn_step] = cos + j sin of 2 pi k / odd. Source: ONNX DFT-20. */
static void brn_@NAME@(@t.c@ *out, const @t.c@ *z, uint32_t i, const @t.c@ *turn, uint32_t turn_step, uint32_t odd, @t.c@ sign)
{
    uint32_t angle = 0u; /* i * k modulo odd */
    for (uint32_t k = 0u; k < odd; ++k) {
        const @t.c@ re = turn[2u * (size_t)angle * turn_step];
        const @t.c@ im = sign * turn[2u * (size_t)angle * turn_step + 1u];
        out[2u * (size_t)k] += re * z[0] - im * z[1];
        out[2u * (size_t)k + 1u] += re * z[1] + im * z[0];
        angle = angle + i < odd ? angle + i : angle + i - odd;
    }
}
