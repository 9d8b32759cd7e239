/* The place that an ONNX index means on an axis of extent >= 1 elements: a negative one counts from the end, one that is out of range is moved to the nearest end. */
static uint32_t brn_@NAME@(@t.c@ index, uint32_t extent)
{
    const int64_t place = index < 0 ? (int64_t)index + extent : (int64_t)index;
    if (place < 0) {
        return 0u;
    }
    return place < (int64_t)extent ? (uint32_t)place : extent - 1u;
}
