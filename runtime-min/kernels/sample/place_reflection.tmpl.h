#include <math.h>

/* Where a sample at position x of an axis of size >= 1 elements is taken: at x, reflected at the ends of the axis until it lies inside. These are the centres of its outermost elements (corners) or their edges. NaN for infinite x. Source: ONNX GridSample-22, padding_mode="reflection". */
static @t.c@ brn_@NAME@(@t.c@ x, uint32_t size, uint32_t corners)
{
    const @t.c@ lo = corners != 0u ? 0.0@t.f@ : -0.5@t.f@;
    const @t.c@ hi = (@t.c@)(size - 1u) - lo;
    const @t.c@ span = hi - lo;
    if (!(span > 0.0@t.f@)) {
        return lo;
    }
    if (x >= lo && x <= hi) {
        return x;
    }
    const @t.c@ beyond = x < lo ? lo - x : x - hi;
    const @t.c@ turns = floor@t.f@(beyond / span);
    const @t.c@ rest = beyond - turns * span;
    const int returns = fmod@t.f@(turns, 2.0@t.f@) < 1.0@t.f@;
    return (x < lo) == returns ? lo + rest : hi - rest;
}
