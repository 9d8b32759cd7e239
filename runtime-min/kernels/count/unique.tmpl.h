#include <stddef.h>
#include "count/row_before_@t@.h"

/* The distinct rows of the matrix x [n, m]: first[k] is the first row that equals distinct row k,
 * counts[k] how many do, inverse[i] the distinct row that row i equals, *count <= n their number. In
 * ascending order of the rows if sorted isn't 0, else of first. order: scratch of n elements.
 * Source: ONNX Unique-11. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, uint32_t m, uint32_t sorted, int64_t *order,
                       int64_t *first, int64_t *inverse, int64_t *counts, uint32_t *count)
{
    uint32_t found = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        order[i] = (int64_t)i;
    }
    /* Heap sort: rows that are equal stay in their order, since their numbers are compared last. */
    for (uint32_t step = 0u; step < n + n / 2u; ++step) {
        const uint32_t end = step < n / 2u ? n : n - 1u - (step - n / 2u);
        uint32_t at = step < n / 2u ? n / 2u - 1u - step : 0u;
        if (step >= n / 2u) {
            const int64_t largest = order[0];
            order[0] = order[end];
            order[end] = largest;
        }
        while (2u * at + 1u < end) {
            uint32_t child = 2u * at + 1u;
            if (child + 1u < end && brn_row_before_@t@(x, m, order[child], order[child + 1u], 1)) {
                child += 1u;
            }
            if (!brn_row_before_@t@(x, m, order[at], order[child], 1)) {
                break;
            }
            const int64_t swapped = order[at];
            order[at] = order[child];
            order[child] = swapped;
            at = child;
        }
    }
    for (uint32_t i = 0u; i < n; ++i) {
        if (i == 0u || brn_row_before_@t@(x, m, order[i - 1u], order[i], 0)) {
            first[found] = order[i];
            counts[found] = 0;
            found += 1u;
        }
        counts[found - 1u] += 1;
        inverse[order[i]] = (int64_t)found - 1;
    }
    *count = found;
    if (sorted != 0u) {
        return;
    }
    /* By first occurrence: order becomes the new place of each distinct row. */
    uint32_t place = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        if (first[inverse[i]] == (int64_t)i) {
            order[inverse[i]] = (int64_t)place;
            place += 1u;
        }
    }
    for (uint32_t i = 0u; i < n; ++i) {
        inverse[i] = order[inverse[i]];
    }
    for (uint32_t k = 0u; k < found; ++k) {
        counts[k] = 0;
    }
    for (uint32_t i = n; i > 0u; --i) {
        counts[inverse[i - 1u]] += 1;
        first[inverse[i - 1u]] = (int64_t)i - 1;
    }
}
