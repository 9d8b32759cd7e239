/* y[i * y_step] = x[i * x_step], i < n, for any type of @t@ bits. Steps may be 0 (x) or negative. x and y may not overlap unless every element stays in place. Source: ONNX Transpose, Slice, Expand, Tile, Pad, Concat. */
static void brn_@NAME@(const @t.c@ *x, int32_t x_step, @t.c@ *y, int32_t y_step, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[(ptrdiff_t)i * y_step] = x[(ptrdiff_t)i * x_step];
    }
}
