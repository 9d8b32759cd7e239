/* y[i] = value, i < n: a size known only at run time, as data. Source: ONNX Shape, Size. */
static void brn_@NAME@(int32_t value, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = (@t.c@)value;
    }
}
