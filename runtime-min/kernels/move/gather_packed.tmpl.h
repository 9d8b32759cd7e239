#include "move/wrap_index_@i@.h"

/* Row i of y = row index[i] of data, i < count; extent >= 1 rows of row integers in data. They are packed by bits bits, 2 or 4, each row from a whole byte on, the first in the lowest bits: stored as u, they become u + shift, modulo 256. A negative index counts from the end; one out of range is clamped. Source: ONNX Gather-13. */
static void brn_@NAME@(const uint8_t *data, const @i.c@ *index, uint8_t *y, uint32_t count, uint32_t extent, uint32_t row, uint32_t bits, int32_t shift)
{
    const uint32_t mask = (1u << bits) - 1u;
    const size_t row_bytes = ((size_t)row * bits + 7u) / 8u;
    for (uint32_t i = 0u; i < count; ++i, y += row) {
        const uint8_t *const from = data + brn_wrap_index_@i@(index[i], extent) * row_bytes;
        for (uint32_t j = 0u; j < row; ++j) {
            const uint32_t u = ((uint32_t)from[(size_t)j * bits / 8u] >> (j * bits % 8u)) & mask;
            y[j] = (uint8_t)(u + (uint32_t)shift);
        }
    }
}
