#include "pool/float_taps_@t@.h"
#include "quant/divide_float.h"

/* What ONNX Runtime's float32 average pool between DequantizeLinear and QuantizeLinear gives for a window, before the zero point: round(f32(f32(sum / count) / y_scale)), bit for bit, in integers. It decides the ties of the exact average. x_scale and y_scale are the scales' 24 bits, exponent the difference of their exponents. order is that of the sum: 0 row by row; 1 each column, then the columns; 2 every fourth tap, (0th + 2nd) + (1st + 3rd) of these four sums, then the taps left over. kh * columns < 2^24. */
static int32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, uint32_t j, uint32_t count, int32_t zero, int64_t x_scale, int64_t y_scale, int32_t exponent, uint32_t order)
{
    const uint32_t columns = window->last - window->first;
    const uint32_t taps = kh * columns;
    const uint32_t quarter = order == 2u ? taps / 4u : 0u;
    int64_t sum = 0;
    int64_t size;
    if (order == 1u) {
        for (uint32_t t = 0u; t < columns; ++t) {
            size = brn_float_taps_@t@(rows, window, j, t, columns, kh, zero, x_scale);
            sum = brn_round_float(sum + size);
        }
    } else {
        int64_t four[4];
        for (uint32_t i = 0u; i < 4u; ++i) {
            four[i] = brn_float_taps_@t@(rows, window, j, i, 4u, quarter, zero, x_scale);
        }
        sum = brn_round_float(four[0] + four[2]);
        sum = brn_round_float(sum + brn_round_float(four[1] + four[3]));
        for (uint32_t i = 4u * quarter; i < taps; ++i) {
            size = brn_float_taps_@t@(rows, window, j, i, 1u, 1u, zero, x_scale);
            sum = brn_round_float(sum + size);
        }
    }
    size = sum < 0 ? -sum : sum;
    size = brn_divide_float(size, (int64_t)count, &exponent);
    while (size >= (int64_t)1 << 32) { /* the low bits of a rounded value are 0 */
        size /= 2;
        ++exponent;
    }
    size = brn_divide_float(size, y_scale, &exponent);
    if (exponent >= 0) { /* 2^24 and more: far beyond 8 bits */
        size = INT32_MAX;
    } else {
        size = (int64_t)brn_round_bits((uint64_t)size, (uint32_t)-exponent);
    }
    return (int32_t)(sum < 0 ? -size : size);
}
