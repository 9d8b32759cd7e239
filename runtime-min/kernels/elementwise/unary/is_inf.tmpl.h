#include <math.h>

/* y[i] = 1 if x[i] is +Inf and positive isn't 0, or -Inf and negative isn't 0; else 0. i < n.
 * Source: ONNX IsInf-20 (detect_negative, detect_positive). */
static void brn_@NAME@(const @t.c@ *x, uint8_t *y, uint32_t n, uint32_t negative, uint32_t positive)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t wanted = x[i] > 0.0@t.f@ ? positive : negative;
        y[i] = (uint8_t)(wanted != 0u && (x[i] == @t.max@ || x[i] == @t.min@));
    }
}
