#include "packed/weight_@w@.h"

/* acc[j] += sum over i < n of u, where u is packed weight j of step first + i of a block, j < lanes <= 4. See brn_weight_@w@ for the packing. Two weights are added at once, 16 bits apart; 4096 fit these. Source: the sum of weights in ONNX Conv-22 and MatMul-13 on packed weights. */
static void brn_@NAME@(const @w.c@ *block, uint32_t first, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    uint32_t i = first;
    while (lanes == 4u && i < first + n) {
        const uint32_t end = first + n - i < 4096u ? first + n : i + 4096u;
        uint32_t front = 0u; /* lanes 0 and 1 */
        uint32_t back = 0u;  /* lanes 2 and 3 */
        for (; i < end; ++i) {
            const uint32_t apart = block[i] | ((uint32_t)block[i] << @SPREAD@);
            front += apart & @MASK@u;
            back += (apart >> @HALF@) & @MASK@u;
        }
        acc[0] += front & 0xffffu;
        acc[1] += front >> 16;
        acc[2] += back & 0xffffu;
        acc[3] += back >> 16;
    }
    for (; i < first + n; ++i) {
        for (uint32_t j = 0u; j < lanes; ++j) {
            acc[j] += brn_weight_@w@(block, i * lanes + j);
        }
    }
}
