#include "move/wrap_index_@i@.h"

/* One run along an axis that has extent >= 1 elements in data, of any type of @t@ bits:
 *   y[i * y_step] = data[index[i * index_step] * data_step]
 * for i < n. A negative index counts from the end; one out of range is clamped. Source: ONNX GatherElements-13. */
static void brn_@NAME@(const @t.c@ *data, uint32_t data_step, const @i.c@ *index, uint32_t index_step, @t.c@ *y, uint32_t y_step, uint32_t n, uint32_t extent)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const size_t place = brn_wrap_index_@i@(index[(size_t)i * index_step], extent);
        y[(size_t)i * y_step] = data[place * data_step];
    }
}
