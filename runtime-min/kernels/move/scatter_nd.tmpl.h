#include <string.h>
#include "move/offset_nd_@i@.h"

/* The slice of y that the tuple index[i][0 .. depth - 1] names = slice i of updates, for i = 0 .. count - 1 in turn; slices of bytes bytes, dims[0] x .. x dims[depth - 1] of them in y. Negative indices count from the end; those out of range are clamped. Source: ONNX ScatterND-18, reduction="none". */
static void brn_@NAME@(const @i.c@ *index, const uint8_t *updates, uint8_t *y, uint32_t count, uint32_t depth, const uint32_t *dims, uint32_t bytes)
{
    for (uint32_t i = 0u; i < count; ++i) {
        const size_t slice = brn_offset_nd_@i@(index + (size_t)i * depth, depth, dims);
        memcpy(y + slice * bytes, updates + (size_t)i * bytes, bytes);
    }
}
