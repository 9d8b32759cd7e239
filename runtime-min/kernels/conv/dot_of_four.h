#include "conv/signed_byte.h"

/* acc + the sum over k < depth of x[k] * w[i][k], modulo 2^32: channel i of four, whose weights are in the order of brn_dots_pixels_s8. */
static uint32_t brn_dot_of_four(const int8_t *x, uint32_t depth, const uint32_t *w, uint32_t i, uint32_t acc)
{
    const uint32_t first = (depth - 1u) % 16u + 1u;
    for (uint32_t j = 0u; j < first; ++j) {
        acc += (uint32_t)(x[j] * brn_signed_byte(w, i * first + j));
    }
    const uint32_t *word = w + first + 4u * i;
    for (uint32_t k = first; k < depth; k += 16u, word += 16) {
        for (uint32_t j = 0u; j < 16u; ++j) {
            acc += (uint32_t)(x[k + j] * brn_signed_byte(word, j));
        }
    }
    return acc;
}
