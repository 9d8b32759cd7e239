#include <string.h>
#include "move/offset_nd_@i@.h"

/* Slice i of y = the slice of data that the tuple index[i][0 .. depth - 1] names, i < count; slices of bytes bytes, dims[0] x .. x dims[depth - 1] of them in data. Negative indices count from the end; those out of range are clamped. Source: ONNX GatherND-13. */
static void brn_@NAME@(const uint8_t *data, const @i.c@ *index, uint8_t *y, uint32_t count, uint32_t depth, const uint32_t *dims, uint32_t bytes)
{
    for (uint32_t i = 0u; i < count; ++i) {
        const size_t slice = brn_offset_nd_@i@(index + (size_t)i * depth, depth, dims);
        memcpy(y + (size_t)i * bytes, data + slice * bytes, bytes);
    }
}
