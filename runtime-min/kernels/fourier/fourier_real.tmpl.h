#include <string.h>
#include "fourier/fourier_load_@t@.h"
#include "fourier/fourier_merge_@t@.h"
#include "fourier/fourier_sum_@t@.h"
#include "fourier/reverse_bits.h"

/* One line of the discrete Fourier transform of n = 2 * half real values, half = 2^levels * odd, at half the cost:
 *   y[k] = sum over i < n of z[i] exp(-2 pi j i k / n), k < y_count <= n
 * z[i]: x[i] of count values, 0 beyond, times window[i * window_step]. Even values become real, odd ones imaginary parts of half complex values, whose transform Z gives y[k] = (A + exp(-2 pi j k / n) B) / 2 with A = Z[k] + Z*[half - k], B = (Z[k] - Z*[half - k]) / j. turn[k] = cos + j sin of 2 pi k / n, k < n. work holds half complex values. x, y and work don't overlap. Source: ONNX DFT-20, STFT-17. */
static void brn_@NAME@(const @t.c@ *x, uint32_t count, const @t.c@ *window, uint32_t window_step, const @t.c@ *turn, @t.c@ *work, uint32_t levels, uint32_t odd, @t.c@ *y, uint32_t y_count)
{
    const uint32_t groups = (uint32_t)1u << levels;
    const uint32_t half = groups * odd;
    const uint32_t n = 2u * half;
    for (uint32_t group = 0u; group < groups; ++group) {
        const uint32_t first = brn_reverse_bits(group, levels);
        @t.c@ *out = work + 2u * (size_t)group * odd;
        memset(out, 0, 2u * (size_t)odd * sizeof *out);
        for (uint32_t i = 0u; i < odd; ++i) {
            const uint32_t at = 2u * (first + i * groups);
            @t.c@ z[2];
            @t.c@ next[2];
            brn_fourier_load_@t@(x, count, 1u, window, window_step, n, at, 0u, z);
            brn_fourier_load_@t@(x, count, 1u, window, window_step, n, at + 1u, 0u, next);
            z[1] = next[0];
            brn_fourier_sum_@t@(out, z, i, turn, 2u * groups, odd, -1.0@t.f@);
        }
    }
    brn_fourier_merge_@t@(work, turn, 2u, levels, odd, -1.0@t.f@);
    for (uint32_t k = 0u; k < y_count; ++k) {
        const uint32_t bin = k < half ? k : k - half;
        const @t.c@ *u = work + 2u * (size_t)bin;
        const @t.c@ *v = work + 2u * (size_t)(bin == 0u ? 0u : half - bin);
        const @t.c@ b_re = u[1] + v[1];
        const @t.c@ b_im = v[0] - u[0];
        const @t.c@ re = turn[2u * (size_t)k];
        const @t.c@ im = -turn[2u * (size_t)k + 1u];
        y[2u * (size_t)k] = 0.5@t.f@ * (u[0] + v[0] + re * b_re - im * b_im);
        y[2u * (size_t)k + 1u] = 0.5@t.f@ * (u[1] - v[1] + re * b_im + im * b_re);
    }
}
