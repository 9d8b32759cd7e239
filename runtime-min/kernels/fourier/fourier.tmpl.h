#include <string.h>
#include "fourier/fourier_load_@t@.h"
#include "fourier/fourier_merge_@t@.h"
#include "fourier/fourier_sum_@t@.h"
#include "fourier/reverse_bits.h"

/* One line of the discrete Fourier transform of n = 2^levels * odd values:
 *   y[k] = scale * sum over i < n of z[i] exp(sign * 2 pi j i k / n), k < y_count <= n
 * z[i]: x[i] of count values, times window[i * window_step]; parts and mirror as brn_fourier_load_@t@ has them. y has y_parts components; one is the real part. turn[k] = cos + j sin of 2 pi k / n, k < n. work holds n complex values. Plain sums of odd terms, then butterflies: O(n (odd + levels)). x, y and work don't overlap. Source: ONNX DFT-20. */
static void brn_@NAME@(const @t.c@ *x, uint32_t count, uint32_t parts, uint32_t mirror, const @t.c@ *window, uint32_t window_step, const @t.c@ *turn, @t.c@ *work, uint32_t levels, uint32_t odd, @t.c@ sign, @t.c@ scale, @t.c@ *y, uint32_t y_count, uint32_t y_parts)
{
    const uint32_t groups = (uint32_t)1u << levels;
    const uint32_t n = groups * odd;
    for (uint32_t group = 0u; group < groups; ++group) {
        const uint32_t first = brn_reverse_bits(group, levels);
        @t.c@ *out = work + 2u * (size_t)group * odd;
        memset(out, 0, 2u * (size_t)odd * sizeof *out);
        for (uint32_t i = 0u; i < odd; ++i) {
            const uint32_t at = first + i * groups;
            @t.c@ z[2];
            brn_fourier_load_@t@(x, count, parts, window, window_step, n, at, mirror, z);
            brn_fourier_sum_@t@(out, z, i, turn, groups, odd, sign);
        }
    }
    brn_fourier_merge_@t@(work, turn, 1u, levels, odd, sign);
    for (uint32_t k = 0u; k < y_count; ++k) {
        for (uint32_t part = 0u; part < y_parts; ++part) {
            y[(size_t)k * y_parts + part] = scale * work[2u * (size_t)k + part];
        }
    }
}
