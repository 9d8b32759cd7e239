#include "move/wrap_index_@i@.h"

/* One run along an axis that has extent >= 1 elements in y@TYPES@:
 *   @FORMULA@ with u = updates[i * updates_step], y' = y[index[i * index_step] * y_step]
 * for i = 0 .. n - 1 in turn. A negative index counts from the end; one out of range is clamped. @NOTE@ Source: ONNX ScatterElements-18, reduction="@REDUCTION@". */
static void brn_@NAME@(const @i.c@ *index, uint32_t index_step, const @t.c@ *updates, uint32_t updates_step, @t.c@ *y, uint32_t y_step, uint32_t n, uint32_t extent)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const size_t place = brn_wrap_index_@i@(index[(size_t)i * index_step], extent);
        @t.c@ *const v = y + place * y_step;
        const @t.c@ u = updates[(size_t)i * updates_step];
        *v = @EXPR@;
    }
}
