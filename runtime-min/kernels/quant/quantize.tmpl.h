#include <math.h>

/* y[i] = saturate(round(x[i] / scale[0]) + zero[0]), i < n, rounded half to even; zero may be NULL for 0; NaN gives zero. Source: ONNX QuantizeLinear-21. */
static void brn_@NAME@(const float *x, const float *scale, const @t.c@ *zero, @t.c@ *y, uint32_t n)
{
    const @WIDE@ offset = zero != NULL ? (@WIDE@)zero[0] : 0;
    for (uint32_t i = 0u; i < n; ++i) {
        const float v = rintf(x[i] / scale[0]);
        const float limit = @LIMIT@; /* beyond every result, within @WIDE@ */
        @WIDE@ q = v != v ? 0 : (@WIDE@)(v < -limit ? -limit : (v > limit ? limit : v));
        q += offset;
        y[i] = (@t.c@)(q < @LO@ ? @LO@ : (q > @t.max@ ? @t.max@ : q));
    }
}
