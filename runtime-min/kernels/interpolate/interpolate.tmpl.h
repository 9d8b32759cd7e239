/* One run along one axis:
 *   y[i * y_step] = sum over t < taps of weight[i * taps + t] * x[index[i * taps + t] * x_step]
 * for i < n. All else that Resize means is in the tables. x and y may not overlap. Source: ONNX Resize-19, one axis at a time. */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const uint32_t *index, const @t.c@ *weight, uint32_t taps, @t.c@ *y, uint32_t y_step, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        @t.c@ sum = 0.0@t.f@;
        for (uint32_t t = 0u; t < taps; ++t) {
            const size_t at = (size_t)i * taps + t;
            sum += weight[at] * x[(size_t)index[at] * x_step];
        }
        y[(size_t)i * y_step] = sum;
    }
}
