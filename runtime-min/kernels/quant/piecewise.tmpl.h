#include "quant/clamp.h"
#include "quant/round_shift.h"

/* A function of 16 bits, linear in pieces: with d = x[i] - @x.min@, and k the last piece whose start[k] is <= d,
 *   y[i] = clamp(round((base[k] * 2^10 + slope[k] * (d - start[k])) * 2^-24), lo, hi)
 * for i < n, rounded half to even. 1 <= pieces <= 65536, start[0] is 0 and the starts grow. y may equal x where it has its type. Source: unary ONNX operators between DequantizeLinear and QuantizeLinear; the compiler made the pieces from their formula and checked every input. */
static void brn_@NAME@(const @x.c@ *x, const uint16_t *start, const int32_t *base, const int32_t *slope, uint32_t pieces, @y.c@ *y, uint32_t n, int32_t lo, int32_t hi)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t d = x[i] - @OFFSET@;
        uint32_t k = 0u;
        uint32_t end = pieces;
        int64_t v;
        while (end - k > 1u) {
            const uint32_t middle = k + (end - k) / 2u;
            if (start[middle] <= d) {
                k = middle;
            } else {
                end = middle;
            }
        }
        v = (int64_t)base[k] * 1024 + (int64_t)slope[k] * (d - start[k]);
        y[i] = (@y.c@)brn_clamp(brn_round_shift(v, 24u), lo, hi);
    }
}
