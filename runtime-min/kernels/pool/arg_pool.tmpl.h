/* Where the maxima of a max pool over the last three axes of x lie: y[o] = plane * (elements of a plane) + place of the largest element of window o, the first of equals. The rows of `window` are the extents of the input, of the output and of the kernel, the strides, dilations and pads before the first element, of three axes each. Places count along the last axis first, or, if `column_major`, along the first axis first. Padding never wins; a window of nothing else gives place 0. Source: ONNX MaxPool-22, Indices. */
static void brn_@NAME@(const @t.c@ *x, const int32_t *window, uint32_t column_major, uint32_t plane, int64_t *y)
{
    const int32_t *const in = window;
    const int32_t *const out = window + 3;
    const int32_t *const kernel = window + 6;
    const int32_t outs = out[0] * out[1] * out[2];
    const int32_t taps = kernel[0] * kernel[1] * kernel[2];
    for (int32_t o = 0; o < outs; ++o) {
        const int32_t corner[3] = {o / (out[1] * out[2]), o / out[2] % out[1], o % out[2]};
        @t.c@ best = 0;
        int64_t place = 0;
        uint32_t found = 0u;
        for (int32_t t = 0; t < taps; ++t) {
            const int32_t row = t / kernel[2];
            const int32_t tap[3] = {row / kernel[1], row % kernel[1], t % kernel[2]};
            int32_t at[3] = {0, 0, 0};
            uint32_t inside = 1u;
            for (uint32_t axis = 0u; axis < 3u; ++axis) {
                at[axis] = corner[axis] * window[9u + axis] - window[15u + axis];
                at[axis] += tap[axis] * window[12u + axis];
                inside &= at[axis] >= 0 && at[axis] < in[axis];
            }
            if (inside == 0u) {
                continue;
            }
            const int64_t from = ((int64_t)at[0] * in[1] + at[1]) * in[2] + at[2];
            const @t.c@ v = x[from];
            if (found == 0u || @BETTER@) {
                best = v;
                found = 1u;
                place = column_major != 0u ? ((int64_t)at[2] * in[1] + at[1]) * in[0] + at[0]
                                           : from;
            }
        }
        y[o] = place + (int64_t)plane * in[0] * in[1] * in[2];
    }
}
