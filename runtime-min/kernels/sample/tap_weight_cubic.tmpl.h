#include <math.h>

/* The weight of element `tap` of the four around a position, which lies `fraction` behind the second: cubic convolution with a = -0.75. Source: Keys, Cubic convolution interpolation for digital image processing, 1981; ONNX GridSample-22. */
static @t.c@ brn_@NAME@(@t.c@ fraction, uint32_t tap)
{
    const @t.c@ a = -0.75@t.f@;
    const @t.c@ d = fabs@t.f@((@t.c@)tap - 1.0@t.f@ - fraction);
    if (d <= 1.0@t.f@) {
        return ((a + 2.0@t.f@) * d - (a + 3.0@t.f@)) * d * d + 1.0@t.f@;
    }
    return ((a * d - 5.0@t.f@ * a) * d + 8.0@t.f@ * a) * d - 4.0@t.f@ * a;
}
