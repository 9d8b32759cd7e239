#include "sort/sink_@t@.h"

/* top[r * top_step] = where the element of rank r < k stands among x[i * step], i < n: the largest first (the smallest, if smallest isn't 0), equals by rising i. 1 <= k <= n. O(n log k): a heap of the best so far, then sorted in place. Source: ONNX TopK-24. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t step, int64_t *top, uint32_t k, uint32_t top_step, uint32_t smallest)
{
    for (uint32_t i = 0u; i < k; ++i) {
        top[(size_t)i * top_step] = (int64_t)i;
    }
    for (uint32_t i = k / 2u; i > 0u; --i) {
        brn_sink_@t@(x, step, top, top_step, k, i - 1u, smallest);
    }
    for (uint32_t i = k; i < n; ++i) {
        if (brn_ranks_before_@t@(x, step, (int64_t)i, top[0], smallest)) {
            top[0] = (int64_t)i;
            brn_sink_@t@(x, step, top, top_step, k, 0u, smallest);
        }
    }
    for (uint32_t size = k - 1u; size > 0u; --size) {
        const int64_t last = top[0];
        top[0] = top[(size_t)size * top_step];
        top[(size_t)size * top_step] = last;
        brn_sink_@t@(x, step, top, top_step, size, 0u, smallest);
    }
}
