#include "sort/ranks_before_@t@.h"

/* Restores the heap top[0 .. size - 1] of positions in x, whose root ranks last, when only top[at] may rank before its children. Source: ONNX TopK-24. */
static void brn_@NAME@(const @t.c@ *x, uint32_t step, int64_t *top, uint32_t top_step, uint32_t size, uint32_t at, uint32_t smallest)
{
    const int64_t moved = top[(size_t)at * top_step];
    while (at < size / 2u) {
        uint32_t child = 2u * at + 1u;
        int64_t last = top[(size_t)child * top_step];
        if (child + 1u < size) {
            const int64_t other = top[((size_t)child + 1u) * top_step];
            if (brn_ranks_before_@t@(x, step, last, other, smallest)) {
                last = other;
                ++child;
            }
        }
        if (brn_ranks_before_@t@(x, step, last, moved, smallest)) {
            break;
        }
        top[(size_t)at * top_step] = last;
        at = child;
    }
    top[(size_t)at * top_step] = moved;
}
