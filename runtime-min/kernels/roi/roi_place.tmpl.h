/* Linear interpolation at v on an axis of size >= 1 elements: *low is the element before v, the result what v lies behind it. Up to a pixel outside, the outermost element counts; -1 beyond that and for NaN. Source: ONNX RoiAlign-22. */
static @t.c@ brn_@NAME@(@t.c@ v, uint32_t size, uint32_t *low)
{
    *low = 0u;
    if (!(v >= -1.0@t.f@ && v <= (@t.c@)size)) {
        return -1.0@t.f@;
    }
    if (v <= 0.0@t.f@) {
        return 0.0@t.f@;
    }
    if (v >= (@t.c@)(size - 1u)) {
        *low = size - 1u;
        return 0.0@t.f@;
    }
    *low = (uint32_t)v;
    return v - (@t.c@)*low;
}
