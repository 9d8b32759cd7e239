/* z[0] + j z[1] = value i < n of a line of count values of parts components (1: real, 2: real and imaginary), 0 beyond its end, times window[i * window_step]. If mirror isn't 0, values above n / 2 are the conjugates of those they mirror. Source: ONNX DFT-20, STFT-17. */
static void brn_@NAME@(const @t.c@ *x, uint32_t count, uint32_t parts, const @t.c@ *window, uint32_t window_step, uint32_t n, uint32_t i, uint32_t mirror, @t.c@ *z)
{
    const uint32_t conjugate = mirror != 0u && i > n / 2u;
    const uint32_t at = conjugate != 0u ? n - i : i;
    const @t.c@ w = window[(size_t)i * window_step];
    z[0] = at < count ? x[(size_t)at * parts] * w : 0.0@t.f@;
    z[1] = at < count && parts > 1u ? x[(size_t)at * parts + 1u] * w : 0.0@t.f@;
    if (conjugate != 0u) {
        z[1] = -z[1];
    }
}
