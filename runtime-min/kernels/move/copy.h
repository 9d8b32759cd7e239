#include <string.h>

/* Copies bytes bytes from x to y, which may not overlap. Source: ONNX Identity, Reshape, Concat and
 * other operators that only move data. */
static void brn_copy(const uint8_t *x, uint8_t *y, uint32_t bytes)
{
    memcpy(y, x, bytes);
}
