#include <stdint.h>

/* Sum of a[i] * b[i], i < n, modulo 2^32: exact whenever the true sum fits int32. */
static int32_t brn_dot_s8(const int8_t *a, const int8_t *b, uint32_t n)
{
    uint32_t acc = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        acc += (uint32_t)(a[i] * b[i]);
    }
    return (int32_t)acc;
}
