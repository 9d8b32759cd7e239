#include "move/wrap_index_@t@.h"

/* Number of the slice that the tuple index[0 .. depth - 1] names in an array of dims[0] x .. x dims[depth - 1] slices, row-major. Each index is wrapped, then clamped. */
static size_t brn_@NAME@(const @t.c@ *index, uint32_t depth, const uint32_t *dims)
{
    size_t slice = 0u;
    for (uint32_t d = 0u; d < depth; ++d) {
        slice = slice * dims[d] + brn_wrap_index_@t@(index[d], dims[d]);
    }
    return slice;
}
