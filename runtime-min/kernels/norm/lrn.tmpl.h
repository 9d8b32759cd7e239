#include <math.h>

/* One pixel of n channels:
 *   y[c] = x[c] / (bias + alpha / size * sum over j of x[j]^2)^beta
 * for c < n, where j runs over the size channels around c, from c - (size - 1) / 2 to c + size / 2, as far as they exist. x and y may not overlap. Source: ONNX LRN-13. */
static void brn_@NAME@(const @t.c@ *x, @t.c@ *y, uint32_t n, uint32_t size, @t.c@ alpha, @t.c@ beta, @t.c@ bias)
{
    const uint32_t before = (size - 1u) / 2u;
    const uint32_t after = size / 2u;
    for (uint32_t c = 0u; c < n; ++c) {
        const uint32_t first = c > before ? c - before : 0u;
        const uint32_t last = n - c > after ? c + after : n - 1u;
        @t.c@ sum = 0.0@t.f@;
        for (uint32_t j = first; j <= last; ++j) {
            sum += x[j] * x[j];
        }
        y[c] = x[c] / pow@t.f@(bias + alpha / (@t.c@)size * sum, beta);
    }
}
