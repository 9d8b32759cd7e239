/* The portable vocabulary: plain C99, four outputs at a time, so that an input is loaded once for four products. It is also
 * what other vocabularies are checked against. */
#include <stddef.h>
#include <stdint.h>

/* Sum of x[i] * w[i], i < n, in four partial sums: four additions are under way at a time. */
static float brn_dot_f32(const float *x, const float *w, uint32_t n)
{
    float acc0 = 0.0f;
    float acc1 = 0.0f;
    float acc2 = 0.0f;
    float acc3 = 0.0f;
    uint32_t i = 0u;
    for (; n - i >= 4u; i += 4u) {
        acc0 += x[i] * w[i];
        acc1 += x[i + 1u] * w[i + 1u];
        acc2 += x[i + 2u] * w[i + 2u];
        acc3 += x[i + 3u] * w[i + 3u];
    }
    for (; i < n; ++i) {
        acc0 += x[i] * w[i];
    }
    return (acc0 + acc1) + (acc2 + acc3);
}

/* Sum of x[i] * w[i], i < n, in four partial sums: four additions are under way at a time. */
static double brn_dot_f64(const double *x, const double *w, uint32_t n)
{
    double acc0 = 0.0;
    double acc1 = 0.0;
    double acc2 = 0.0;
    double acc3 = 0.0;
    uint32_t i = 0u;
    for (; n - i >= 4u; i += 4u) {
        acc0 += x[i] * w[i];
        acc1 += x[i + 1u] * w[i + 1u];
        acc2 += x[i + 2u] * w[i + 2u];
        acc3 += x[i + 3u] * w[i + 3u];
    }
    for (; i < n; ++i) {
        acc0 += x[i] * w[i];
    }
    return (acc0 + acc1) + (acc2 + acc3);
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. */
static void brn_dots_s8(const int8_t *x, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        const int8_t *const w1 = w + w_step;
        const int8_t *const w2 = w1 + w_step;
        const int8_t *const w3 = w2 + w_step;
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const int32_t v = x[i];
            acc0 += (uint32_t)(v * w[i]);
            acc1 += (uint32_t)(v * w1[i]);
            acc2 += (uint32_t)(v * w2[i]);
            acc3 += (uint32_t)(v * w3[i]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t i = 0u; i < n; ++i) {
            sum += (uint32_t)(x[i] * w[(size_t)j * w_step + i]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. */
static void brn_dots_u8(const uint8_t *x, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        const int8_t *const w1 = w + w_step;
        const int8_t *const w2 = w1 + w_step;
        const int8_t *const w3 = w2 + w_step;
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const int32_t v = x[i];
            acc0 += (uint32_t)(v * w[i]);
            acc1 += (uint32_t)(v * w1[i]);
            acc2 += (uint32_t)(v * w2[i]);
            acc3 += (uint32_t)(v * w3[i]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t i = 0u; i < n; ++i) {
            sum += (uint32_t)(x[i] * w[(size_t)j * w_step + i]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. */
static void brn_dots_s16(const int16_t *x, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        const int8_t *const w1 = w + w_step;
        const int8_t *const w2 = w1 + w_step;
        const int8_t *const w3 = w2 + w_step;
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const int32_t v = x[i];
            acc0 += (uint32_t)(v * w[i]);
            acc1 += (uint32_t)(v * w1[i]);
            acc2 += (uint32_t)(v * w2[i]);
            acc3 += (uint32_t)(v * w3[i]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t i = 0u; i < n; ++i) {
            sum += (uint32_t)(x[i] * w[(size_t)j * w_step + i]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs, modulo 2^32. */
static void brn_dots_u16(const uint16_t *x, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        const int8_t *const w1 = w + w_step;
        const int8_t *const w2 = w1 + w_step;
        const int8_t *const w3 = w2 + w_step;
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const int32_t v = x[i];
            acc0 += (uint32_t)(v * w[i]);
            acc1 += (uint32_t)(v * w1[i]);
            acc2 += (uint32_t)(v * w2[i]);
            acc3 += (uint32_t)(v * w3[i]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t i = 0u; i < n; ++i) {
            sum += (uint32_t)(x[i] * w[(size_t)j * w_step + i]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs. */
static void brn_dots_f32(const float *x, const float *w, uint32_t w_step, uint32_t n, uint32_t lanes, float *acc)
{
    if (lanes == 4u) {
        const float *const w1 = w + w_step;
        const float *const w2 = w1 + w_step;
        const float *const w3 = w2 + w_step;
        float acc0 = acc[0];
        float acc1 = acc[1];
        float acc2 = acc[2];
        float acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const float v = x[i];
            acc0 += v * w[i];
            acc1 += v * w1[i];
            acc2 += v * w2[i];
            acc3 += v * w3[i];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        acc[j] += brn_dot_f32(x, w + (size_t)j * w_step, n);
    }
}

/* acc[j] += sum over i < n of x[i] * w[j * w_step + i], j < lanes <= 4: n inputs into neighbouring outputs. */
static void brn_dots_f64(const double *x, const double *w, uint32_t w_step, uint32_t n, uint32_t lanes, double *acc)
{
    if (lanes == 4u) {
        const double *const w1 = w + w_step;
        const double *const w2 = w1 + w_step;
        const double *const w3 = w2 + w_step;
        double acc0 = acc[0];
        double acc1 = acc[1];
        double acc2 = acc[2];
        double acc3 = acc[3];
        for (uint32_t i = 0u; i < n; ++i) {
            const double v = x[i];
            acc0 += v * w[i];
            acc1 += v * w1[i];
            acc2 += v * w2[i];
            acc3 += v * w3[i];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        acc[j] += brn_dot_f64(x, w + (size_t)j * w_step, n);
    }
}

/* acc[4 * p + j] += sum over i < n of x[p * next + i] * w[j * w_step + i], p < 2, j < 4: n inputs of two pixels into four neighbouring outputs of each. */
static void brn_tile_f32(const float *x, uint32_t next, const float *w, uint32_t w_step, uint32_t n, float *acc)
{
    const float *const x1 = x + next;
    const float *const w1 = w + w_step;
    const float *const w2 = w1 + w_step;
    const float *const w3 = w2 + w_step;
    float acc0 = acc[0];
    float acc1 = acc[1];
    float acc2 = acc[2];
    float acc3 = acc[3];
    float acc4 = acc[4];
    float acc5 = acc[5];
    float acc6 = acc[6];
    float acc7 = acc[7];
    for (uint32_t i = 0u; i < n; ++i) {
        const float u = x[i];
        const float v = x1[i];
        acc0 += u * w[i];
        acc4 += v * w[i];
        acc1 += u * w1[i];
        acc5 += v * w1[i];
        acc2 += u * w2[i];
        acc6 += v * w2[i];
        acc3 += u * w3[i];
        acc7 += v * w3[i];
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
    acc[6] = acc6;
    acc[7] = acc7;
}

/* acc[4 * p + j] += sum over i < n of x[p * next + i] * w[j * w_step + i], p < 2, j < 4: n inputs of two pixels into four neighbouring outputs of each. */
static void brn_tile_f64(const double *x, uint32_t next, const double *w, uint32_t w_step, uint32_t n, double *acc)
{
    const double *const x1 = x + next;
    const double *const w1 = w + w_step;
    const double *const w2 = w1 + w_step;
    const double *const w3 = w2 + w_step;
    double acc0 = acc[0];
    double acc1 = acc[1];
    double acc2 = acc[2];
    double acc3 = acc[3];
    double acc4 = acc[4];
    double acc5 = acc[5];
    double acc6 = acc[6];
    double acc7 = acc[7];
    for (uint32_t i = 0u; i < n; ++i) {
        const double u = x[i];
        const double v = x1[i];
        acc0 += u * w[i];
        acc4 += v * w[i];
        acc1 += u * w1[i];
        acc5 += v * w1[i];
        acc2 += u * w2[i];
        acc6 += v * w2[i];
        acc3 += u * w3[i];
        acc7 += v * w3[i];
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
    acc[6] = acc6;
    acc[7] = acc7;
}

/* Sum of x[i], i < n; n <= 2^23. */
static int32_t brn_sum_s8(const int8_t *x, uint32_t n)
{
    int32_t acc = 0;
    for (uint32_t i = 0u; i < n; ++i) {
        acc += x[i];
    }
    return acc;
}

/* Sum of x[i], i < n; n <= 2^23. */
static int32_t brn_sum_u8(const uint8_t *x, uint32_t n)
{
    int32_t acc = 0;
    for (uint32_t i = 0u; i < n; ++i) {
        acc += x[i];
    }
    return acc;
}

/* Sum of x[i], i < n, modulo 2^32: exact for n <= 2^15. */
static int32_t brn_sum_s16(const int16_t *x, uint32_t n)
{
    uint32_t acc = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t v = x[i];
        acc += (uint32_t)v;
    }
    return (int32_t)acc;
}

/* Sum of x[i], i < n, modulo 2^32: exact for n <= 2^15. */
static int32_t brn_sum_u16(const uint16_t *x, uint32_t n)
{
    uint32_t acc = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        const int32_t v = x[i];
        acc += (uint32_t)v;
    }
    return (int32_t)acc;
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels, modulo 2^32. */
static void brn_taps_s8(const int8_t *x, uint32_t x_step, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += (uint32_t)(x[0] * w[0]);
            acc1 += (uint32_t)(x[1] * w[1]);
            acc2 += (uint32_t)(x[2] * w[2]);
            acc3 += (uint32_t)(x[3] * w[3]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += (uint32_t)(x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels, modulo 2^32. */
static void brn_taps_u8(const uint8_t *x, uint32_t x_step, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += (uint32_t)(x[0] * w[0]);
            acc1 += (uint32_t)(x[1] * w[1]);
            acc2 += (uint32_t)(x[2] * w[2]);
            acc3 += (uint32_t)(x[3] * w[3]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += (uint32_t)(x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels, modulo 2^32. */
static void brn_taps_s16(const int16_t *x, uint32_t x_step, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += (uint32_t)(x[0] * w[0]);
            acc1 += (uint32_t)(x[1] * w[1]);
            acc2 += (uint32_t)(x[2] * w[2]);
            acc3 += (uint32_t)(x[3] * w[3]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += (uint32_t)(x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels, modulo 2^32. */
static void brn_taps_u16(const uint16_t *x, uint32_t x_step, const int8_t *w, uint32_t w_step, uint32_t n, uint32_t lanes, uint32_t *acc)
{
    if (lanes == 4u) {
        uint32_t acc0 = acc[0];
        uint32_t acc1 = acc[1];
        uint32_t acc2 = acc[2];
        uint32_t acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += (uint32_t)(x[0] * w[0]);
            acc1 += (uint32_t)(x[1] * w[1]);
            acc2 += (uint32_t)(x[2] * w[2]);
            acc3 += (uint32_t)(x[3] * w[3]);
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        uint32_t sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += (uint32_t)(x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j]);
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels. */
static void brn_taps_f32(const float *x, uint32_t x_step, const float *w, uint32_t w_step, uint32_t n, uint32_t lanes, float *acc)
{
    if (lanes == 4u) {
        float acc0 = acc[0];
        float acc1 = acc[1];
        float acc2 = acc[2];
        float acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += x[0] * w[0];
            acc1 += x[1] * w[1];
            acc2 += x[2] * w[2];
            acc3 += x[3] * w[3];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        float sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j];
        }
        acc[j] = sum;
    }
}

/* acc[j] += sum over t < n of x[t * x_step + j] * w[t * w_step + j], j < lanes <= 4: n taps of neighbouring channels. */
static void brn_taps_f64(const double *x, uint32_t x_step, const double *w, uint32_t w_step, uint32_t n, uint32_t lanes, double *acc)
{
    if (lanes == 4u) {
        double acc0 = acc[0];
        double acc1 = acc[1];
        double acc2 = acc[2];
        double acc3 = acc[3];
        for (uint32_t t = 0u; t < n; ++t, x += x_step, w += w_step) {
            acc0 += x[0] * w[0];
            acc1 += x[1] * w[1];
            acc2 += x[2] * w[2];
            acc3 += x[3] * w[3];
        }
        acc[0] = acc0;
        acc[1] = acc1;
        acc[2] = acc2;
        acc[3] = acc3;
        return;
    }
    for (uint32_t j = 0u; j < lanes; ++j) {
        double sum = acc[j];
        for (uint32_t t = 0u; t < n; ++t) {
            sum += x[(size_t)t * x_step + j] * w[(size_t)t * w_step + j];
        }
        acc[j] = sum;
    }
}

/* y[i] += factor * x[i * x_step], i < n. */
static void brn_axpy_f32(float factor, const float *x, uint32_t x_step, float *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] += factor * x[(size_t)i * x_step];
    }
}

/* y[i] += factor * x[i * x_step], i < n. */
static void brn_axpy_f64(double factor, const double *x, uint32_t x_step, double *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] += factor * x[(size_t)i * x_step];
    }
}
