#include <math.h>
#include "reduce/sum_@t@.h"
#include "norm/sum_squared_from_@t@.h"

/* Normalises n values:
 *   y[i] = (x[i] - mean) / sqrt(variance + epsilon) * scale[i * scale_step] + bias[i * bias_step]
 * for i < n, where variance is the mean squared distance from the mean of x. scale may be NULL for 1, bias for 0. y may equal x. Source: ONNX LayerNormalization-17, InstanceNormalization-22, GroupNormalization-21. */
static void brn_@NAME@(const @t.c@ *x, const @t.c@ *scale, uint32_t scale_step, const @t.c@ *bias, uint32_t bias_step, @t.c@ *y, uint32_t n, @t.c@ epsilon)
{
    const @t.c@ mean = brn_sum_@t@(x, n, 1u) / (@t.c@)n;
    const @t.c@ variance = brn_sum_squared_from_@t@(x, n, mean) / (@t.c@)n;
    const @t.c@ factor = 1.0@t.f@ / sqrt@t.f@(variance + epsilon);
    for (uint32_t i = 0u; i < n; ++i) {
        @t.c@ v = (x[i] - mean) * factor;
        if (scale != NULL) {
            v *= scale[(size_t)i * scale_step];
        }
        if (bias != NULL) {
            v += bias[(size_t)i * bias_step];
        }
        y[i] = v;
    }
}
