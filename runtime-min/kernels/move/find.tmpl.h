/* y[i] = the place of x[i] among the count keys, which ascend and are distinct; count where it isn't one of them; i < n.@NOTE@ Source: ONNX ai.onnx.ml LabelEncoder-4. */
static void brn_@NAME@(const @t.c@ *x, const @t.c@ *keys, int32_t *y, uint32_t count, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[i];
        uint32_t first = 0u;
        uint32_t size = count;
        while (size > 0u) { /* the first key not below v is in [first, first + size] */
            const uint32_t half = size / 2u;
            const @t.c@ key = keys[first + half];
            if (@LESS@) {
                first += half + 1u;
                size -= half + 1u;
            } else {
                size = half;
            }
        }
        y[i] = (int32_t)count;
        if (first < count && (@SAME@)) {
            y[i] = (int32_t)first;
        }
    }
}
