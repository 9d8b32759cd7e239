#include "quant/scale_tflite.h"

/* 1 / (1 + a) in Q0.31 for a in Q0.31, 0 <= a: three steps of Newton's method from 48/17 - 32/17 * (1 + a) / 2, in Q2.29. Source: gemmlowp's fixed-point reciprocal. */
static int32_t brn_reciprocal_q31(int32_t a)
{
    const int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
    int32_t x = 1515870810 + brn_scale_tflite(half, -1010580540, 31u);
    for (uint32_t step = 0u; step < 3u; ++step) {
        const int32_t error = 0x20000000 - brn_scale_tflite(x, half, 31u);
        const int64_t more = (int64_t)brn_scale_tflite(error, x, 31u) * 4;
        x += more > INT32_MAX ? INT32_MAX : (more < INT32_MIN ? INT32_MIN : (int32_t)more);
    }
    return x > INT32_MAX / 2 ? INT32_MAX : x * 2;
}
