/* One row that is made of other rows:
 *   y[j] = sum over t < taps of weight[t] * x[index[t]][j]
 * for j < n. The rows that index names are there. The sums are those of brn_interpolate_@t@ along the axis of the rows. Neither row of x may overlap y. Source: ONNX Resize-19, one axis at a time. */
static void brn_@NAME@(const @t.c@ *const *x, const uint32_t *index, const @t.c@ *weight, uint32_t taps, @t.c@ *y, uint32_t n)
{
    for (uint32_t j = 0u; j < n; ++j) {
        @t.c@ sum = 0.0@t.f@;
        for (uint32_t t = 0u; t < taps; ++t) {
            sum += weight[t] * x[index[t]][j];
        }
        y[j] = sum;
    }
}
