#include <string.h>
#include "move/wrap_index_@i@.h"

/* Block i of y = block index[i] of data, i < count; blocks of bytes bytes, extent >= 1 of them in data. A negative index counts from the end; one out of range is clamped. Source: ONNX Gather-13. */
static void brn_@NAME@(const uint8_t *data, const @i.c@ *index, uint8_t *y, uint32_t count, uint32_t extent, uint32_t bytes)
{
    for (uint32_t i = 0u; i < count; ++i) {
        const size_t place = brn_wrap_index_@i@(index[i], extent);
        memcpy(y + (size_t)i * bytes, data + place * bytes, bytes);
    }
}
