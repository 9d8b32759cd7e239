#include "move/offset_nd_@i@.h"

/* @FORMULA@ for each element u of slice i of updates and the element y' at its place in that slice of y which the tuple index[i][0 .. depth - 1] names, for i = 0 .. count - 1 in turn. Slices have length elements, dims[0] x .. x dims[depth - 1] of them in y. Negative indices count from the end; those out of range are clamped. @NOTE@ Source: ONNX ScatterND-18, reduction="@REDUCTION@". */
static void brn_@NAME@(const @i.c@ *index, const @t.c@ *updates, @t.c@ *y, uint32_t count, uint32_t depth, const uint32_t *dims, uint32_t length)
{
    for (uint32_t i = 0u; i < count; ++i) {
        const size_t slice = brn_offset_nd_@i@(index + (size_t)i * depth, depth, dims);
        for (uint32_t e = 0u; e < length; ++e) {
            @t.c@ *const v = y + slice * length + e;
            const @t.c@ u = updates[(size_t)i * length + e];
            *v = @EXPR@;
        }
    }
}
