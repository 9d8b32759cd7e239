#include "fourier/fourier_load_@t@.h"
#include "fourier/fourier_merge_@t@.h"

/* One line of the discrete Fourier transform of n = 2^levels * odd values:
 *   y[k] = scale * sum over i < n of z[i] exp(sign * 2 pi j i k / n), k < y_count
 * z[i]: x[i] of count values, times window[i * window_step]; parts and mirror as brn_fourier_load_@t@ has them. y has y_parts components; one is the real part. turn[k] = cos + j sin of 2 pi k / n, k < n. work holds n complex values. Plain sums of odd terms, then butterflies: O(n (odd + levels)). x, y and work don't overlap. Source: ONNX DFT-20. */
static void brn_@NAME@(const @t.c@ *x, uint32_t count, uint32_t parts, uint32_t mirror, const @t.c@ *window, uint32_t window_step, const @t.c@ *turn, @t.c@ *work, uint32_t levels, uint32_t odd, @t.c@ sign, @t.c@ scale, @t.c@ *y, uint32_t y_count, uint32_t y_parts)
{
    const uint32_t groups = (uint32_t)1u << levels;
    const uint32_t n = groups * odd;
    for (uint32_t group = 0u; group < groups; ++group) {
        uint32_t first = 0u; /* the bits of group, reversed */
        for (uint32_t bit = 0u; bit < levels; ++bit) {
            first |= ((group >> bit) & 1u) << (levels - 1u - bit);
        }
        @t.c@ *out = work + 2u * (size_t)group * odd;
        for (uint32_t k = 0u; k < odd; ++k) {
            out[2u * (size_t)k] = 0.0@t.f@;
            out[2u * (size_t)k + 1u] = 0.0@t.f@;
        }
        for (uint32_t i = 0u; i < odd; ++i) {
            @t.c@ z[2];
            const uint32_t at = first + i * groups;
            brn_fourier_load_@t@(x, count, parts, window, window_step, n, at, mirror, z);
            uint32_t angle = 0u; /* i * k modulo odd */
            for (uint32_t k = 0u; k < odd; ++k) {
                const @t.c@ re = turn[2u * (size_t)angle * groups];
                const @t.c@ im = sign * turn[2u * (size_t)angle * groups + 1u];
                out[2u * (size_t)k] += re * z[0] - im * z[1];
                out[2u * (size_t)k + 1u] += re * z[1] + im * z[0];
                angle = angle + i < odd ? angle + i : angle + i - odd;
            }
        }
    }
    for (uint32_t size = odd; size < n; size *= 2u) {
        brn_fourier_merge_@t@(work, turn, n, size, sign);
    }
    for (uint32_t k = 0u; k < y_count; ++k) {
        for (uint32_t part = 0u; part < y_parts; ++part) {
            y[(size_t)k * y_parts + part] = scale * work[2u * (size_t)k + part];
        }
    }
}
