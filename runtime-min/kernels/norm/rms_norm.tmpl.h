#include <math.h>
#include "norm/sum_squared_from_@t@.h"

/* Normalises n values:
 *   y[i] = x[i] / sqrt(mean of x^2 + epsilon) * scale[i * scale_step]
 * for i < n. scale may be NULL for 1. y may equal x. Source: ONNX RMSNormalization-23. */
static void brn_@NAME@(const @t.c@ *x, const @t.c@ *scale, uint32_t scale_step, @t.c@ *y, uint32_t n, @t.c@ epsilon)
{
    const @t.c@ square = brn_sum_squared_from_@t@(x, n, 0.0@t.f@) / (@t.c@)n;
    const @t.c@ factor = 1.0@t.f@ / sqrt@t.f@(square + epsilon);
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[i] * factor;
        y[i] = scale != NULL ? v * scale[(size_t)i * scale_step] : v;
    }
}
