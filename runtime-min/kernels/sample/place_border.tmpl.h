/* Where a sample at position x of an axis of size >= 1 elements is taken: at x, or at the nearest element if x lies outside the axis, which ends at the centres of its outermost elements (corners) or at their edges. Source: ONNX GridSample-22, padding_mode="border". */
static @t.c@ brn_@NAME@(@t.c@ x, uint32_t size, uint32_t corners)
{
    const @t.c@ last = (@t.c@)(size - 1u);
    const @t.c@ lo = corners != 0u ? 0.0@t.f@ : -0.5@t.f@;
    if (x < lo) {
        return 0.0@t.f@;
    }
    return x > last - lo ? last : x;
}
