#include <stddef.h>
#include "count/box_overlap.h"

/* y[0 .. *count)[3] = batch, class and box: of the boxes [batches, n, 4] those whose score [batches,
 * classes, n] is greater than *score, by falling score (equal ones by index), at most *most for each
 * batch and class, without those whose intersection over union with one before is greater than
 * *overlap. gone: scratch of n. Source: ONNX NonMaxSuppression-11. */
static void brn_non_max_suppression(const float *boxes, const float *scores, uint32_t batches,
                                    uint32_t classes, uint32_t n, const int64_t *most,
                                    const float *overlap, const float *score, uint32_t center,
                                    uint8_t *gone, int64_t *y, uint32_t *count)
{
    uint32_t found = 0u;
    for (uint32_t row = 0u; row < batches * classes; ++row) {
        const float *b = boxes + (size_t)(row / classes) * n * 4u;
        const float *s = scores + (size_t)row * n;
        for (uint32_t i = 0u; i < n; ++i) {
            gone[i] = (uint8_t)(s[i] > *score ? 0u : 1u);
        }
        for (int64_t selected = 0; selected < *most; ++selected) {
            uint32_t best = n;
            for (uint32_t i = 0u; i < n; ++i) {
                if (gone[i] == 0u && (best == n || s[i] > s[best])) {
                    best = i;
                }
            }
            if (best == n) {
                break;
            }
            y[(size_t)found * 3u] = (int64_t)(row / classes);
            y[(size_t)found * 3u + 1u] = (int64_t)(row % classes);
            y[(size_t)found * 3u + 2u] = (int64_t)best;
            found += 1u;
            gone[best] = 1u;
            for (uint32_t i = 0u; i < n; ++i) {
                const float *other = b + (size_t)i * 4u;
                if (brn_box_overlap(b + (size_t)best * 4u, other, center) > *overlap) {
                    gone[i] = 1u;
                }
            }
        }
    }
    *count = found;
}
