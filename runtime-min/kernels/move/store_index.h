/* y[0] = index: which turn of a loop it is, for bodies that compute with it. Source: ONNX Loop. */
static void brn_store_index(int64_t *y, uint32_t index)
{
    y[0] = (int64_t)index;
}
