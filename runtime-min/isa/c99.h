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

/* n values, four at a time, as pairs of 16 bits: word (2 * q + h) * pixels of the panel gets x[4 * q + h] in its lower half and x[4 * q + 2 + h] in its upper one, h = 0, 1. Behind the last value stand zeros. */
static void brn_widen_s8(const int8_t *x, uint32_t n, uint32_t pixels, uint32_t *panel)
{
    for (uint32_t i = 0u; i < n; i += 4u, panel += 2u * pixels) {
        uint32_t v[4] = {0u, 0u, 0u, 0u};
        for (uint32_t k = 0u; k < 4u && i + k < n; ++k) {
            v[k] = (uint32_t)x[i + k] & 0xFFFFu;
        }
        panel[0] = v[0] | v[2] << 16;
        panel[pixels] = v[1] | v[3] << 16;
    }
}

/* n values, four at a time, as pairs of 16 bits: word (2 * q + h) * pixels of the panel gets x[4 * q + h] in its lower half and x[4 * q + 2 + h] in its upper one, h = 0, 1. Behind the last value stand zeros. */
static void brn_widen_u8(const uint8_t *x, uint32_t n, uint32_t pixels, uint32_t *panel)
{
    for (uint32_t i = 0u; i < n; i += 4u, panel += 2u * pixels) {
        uint32_t v[4] = {0u, 0u, 0u, 0u};
        for (uint32_t k = 0u; k < 4u && i + k < n; ++k) {
            v[k] = x[i + k];
        }
        panel[0] = v[0] | v[2] << 16;
        panel[pixels] = v[1] | v[3] << 16;
    }
}

/* a + the products of the signed 16-bit halves of x and y, modulo 2^32. */
static uint32_t brn_dual(uint32_t x, uint32_t y, uint32_t a)
{
    const int32_t low = (int16_t)(x & 0xFFFFu) * (int16_t)(y & 0xFFFFu);
    const int32_t high = (int16_t)(x >> 16) * (int16_t)(y >> 16);
    return a + (uint32_t)low + (uint32_t)high;
}

/* Bytes 0 and 2 of v, the first in its lowest bits, sign-extended to 16 bits each. */
static uint32_t brn_even_s8(uint32_t v)
{
    return ((uint32_t)(int8_t)(v & 0xFFu) & 0xFFFFu) | (uint32_t)(int8_t)(v >> 16 & 0xFFu) << 16;
}

/* acc[2 * p + c] += sum over k < 4 * quads of value k of pixel p times weight k of channel c, p < pixels, c < 2, modulo 2^32. The panel holds the pixels as brn_widen_s8 has it, word p of each row pixel p's; byte 2 * j + c, from the lowest on, of word w[2 * q + h] is weight 4 * q + 2 * j + h of channel c. */
static void brn_pairs(const uint32_t *panel, uint32_t pixels, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    for (uint32_t i = 0u; i < 2u * quads; ++i, panel += pixels) {
        const uint32_t w0 = brn_even_s8(w[i]);
        const uint32_t w1 = brn_even_s8(w[i] >> 8);
        for (uint32_t p = 0u; p < pixels; ++p) {
            acc[2u * p] = brn_dual(panel[p], w0, acc[2u * p]);
            acc[2u * p + 1u] = brn_dual(panel[p], w1, acc[2u * p + 1u]);
        }
    }
}

/* The four bytes at p as a word, the first in its lowest bits. */
static uint32_t brn_word(const void *p)
{
    const uint8_t *const b = (const uint8_t *)p;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Bytes 0 and 2 of v, extended to 16 bits each. */
static uint32_t brn_even_u8(uint32_t v)
{
    return v & 0x00FF00FFu;
}

/* The sums of the lower and of the upper 16-bit halves of x and y, each modulo 2^16. */
static uint32_t brn_add2(uint32_t x, uint32_t y)
{
    return ((x + y) & 0xFFFFu) | ((x & 0xFFFF0000u) + (y & 0xFFFF0000u));
}

/* The halves of x less those of y, each modulo 2^16. */
static uint32_t brn_sub2(uint32_t x, uint32_t y)
{
    return ((x - y) & 0xFFFFu) | ((x & 0xFFFF0000u) - (y & 0xFFFF0000u));
}

/* Six values of a row, transformed for four sums of three neighbours each by Winograd's F(4, 3), as pairs of 16-bit integers: the rows
 *   (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0),
 *   (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1)
 * times d, at v[0], v[step] ... v[5 * step]. Of bytes none is larger than 10 * 255 in magnitude. */
static inline void brn_six(const uint32_t *d, uint32_t *v, uint32_t step)
{
    const uint32_t a = brn_sub2(d[4], d[2]);
    const uint32_t b = brn_sub2(d[3], d[1]);
    const uint32_t b2 = brn_add2(b, b);
    const uint32_t c = brn_sub2(d[0], d[2]);
    const uint32_t c2 = brn_add2(c, c);
    const uint32_t one2 = brn_add2(d[1], d[1]);
    const uint32_t two2 = brn_add2(d[2], d[2]);
    const uint32_t s = brn_sub2(d[3], brn_add2(one2, one2));
    const uint32_t t = brn_sub2(d[4], brn_add2(two2, two2));
    v[0] = brn_add2(brn_add2(c2, c2), a);
    v[step] = brn_add2(t, s);
    v[2u * step] = brn_sub2(t, s);
    v[3u * step] = brn_add2(a, b2);
    v[4u * step] = brn_sub2(a, b2);
    v[5u * step] = brn_sub2(brn_sub2(d[5], d[3]), brn_add2(b2, b2));
}

/* Of each four neighbouring bytes, in six columns x_step apart, brn_six: of bytes 0 and 2 at v, of bytes 1 and 3 at v + apart. */
static void brn_six_s8(const int8_t *x, uint32_t x_step, uint32_t *v, uint32_t step, uint32_t apart)
{
    for (uint32_t h = 0u; h < 2u; ++h) {
        uint32_t d[6];
        for (uint32_t k = 0u; k < 6u; ++k) {
            d[k] = brn_even_s8(brn_word(x + (size_t)k * x_step) >> 8u * h);
        }
        brn_six(d, v + h * apart, step);
    }
}

/* Of each four neighbouring bytes, in six columns x_step apart, brn_six: of bytes 0 and 2 at v, of bytes 1 and 3 at v + apart. */
static void brn_six_u8(const uint8_t *x, uint32_t x_step, uint32_t *v, uint32_t step, uint32_t apart)
{
    for (uint32_t h = 0u; h < 2u; ++h) {
        uint32_t d[6];
        for (uint32_t k = 0u; k < 6u; ++k) {
            d[k] = brn_even_u8(brn_word(x + (size_t)k * x_step) >> 8u * h);
        }
        brn_six(d, v + h * apart, step);
    }
}

/* count products of a vector with eight, of 16-bit integers, one product after the other:
 *   sums[8 * k + c] = sum over i < 2 * quads of dual(v[n], w[8 * n + c])
 * with n = 2 * k * quads + i, dual being the sum of the products of the halves, for k < count, c < 8, modulo 2^32; quads is not 0. */
static void brn_products1(const uint32_t *v, const uint32_t *w, uint32_t quads, uint32_t count, uint32_t *sums)
{
    for (uint32_t k = 0u; k < count; ++k, sums += 8) {
        for (uint32_t j = 0u; j < 8u; ++j) {
            sums[j] = 0u;
        }
        for (uint32_t i = 0u; i < 2u * quads; ++i, v += 1, w += 8) {
            for (uint32_t j = 0u; j < 8u; ++j) {
                sums[j] = brn_dual(v[0], w[j], sums[j]);
            }
        }
    }
}

/* count products of two vectors with four, of 16-bit integers, one product after the other:
 *   sums[8 * k + 4 * t + c] = sum over i < 2 * quads of dual(v[2 * n + t], w[4 * n + c])
 * with n = 2 * k * quads + i, dual being the sum of the products of the halves, for k < count, t < 2, c < 4, modulo 2^32; quads is not 0. */
static void brn_products2(const uint32_t *v, const uint32_t *w, uint32_t quads, uint32_t count, uint32_t *sums)
{
    for (uint32_t k = 0u; k < count; ++k, sums += 8) {
        for (uint32_t j = 0u; j < 8u; ++j) {
            sums[j] = 0u;
        }
        for (uint32_t i = 0u; i < 2u * quads; ++i, v += 2, w += 4) {
            for (uint32_t j = 0u; j < 8u; ++j) {
                sums[j] = brn_dual(v[j / 4u], w[j % 4u], sums[j]);
            }
        }
    }
}

/* brn_pairs of one pixel. */
static void brn_pairs1(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    brn_pairs(panel, 1u, w, quads, acc);
}

/* brn_pairs of two pixels. */
static void brn_pairs2(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    brn_pairs(panel, 2u, w, quads, acc);
}

/* brn_pairs of three pixels. */
static void brn_pairs3(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    brn_pairs(panel, 3u, w, quads, acc);
}

/* brn_pairs of four pixels. */
static void brn_pairs4(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    brn_pairs(panel, 4u, w, quads, acc);
}

/* acc[c] += sum over i < n of x[i] times weight i of channel c, c < 2, modulo 2^32: brn_pairs of values that are still bytes. Weights of n values, rounded up to a multiple of 4, are there. */
static void brn_bytes2_s8(const int8_t *x, uint32_t n, const uint32_t *w, uint32_t *acc)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t pair = w[i / 4u * 2u + (i & 1u)] >> (i & 2u) * 8u;
        acc[0] += (uint32_t)(x[i] * (int8_t)(pair & 0xFFu));
        acc[1] += (uint32_t)(x[i] * (int8_t)(pair >> 8 & 0xFFu));
    }
}

/* brn_bytes2_s8 of four channels; the weights of the second two lie step words behind those of the first. */
static void brn_bytes4_s8(const int8_t *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    brn_bytes2_s8(x, n, w, acc);
    brn_bytes2_s8(x, n, w + step, acc + 2);
}

/* acc[c] += sum over i < n of x[i] times weight i of channel c, c < 2, modulo 2^32: brn_pairs of values that are still bytes. Weights of n values, rounded up to a multiple of 4, are there. */
static void brn_bytes2_u8(const uint8_t *x, uint32_t n, const uint32_t *w, uint32_t *acc)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t pair = w[i / 4u * 2u + (i & 1u)] >> (i & 2u) * 8u;
        acc[0] += (uint32_t)(x[i] * (int8_t)(pair & 0xFFu));
        acc[1] += (uint32_t)(x[i] * (int8_t)(pair >> 8 & 0xFFu));
    }
}

/* brn_bytes2_u8 of four channels; the weights of the second two lie step words behind those of the first. */
static void brn_bytes4_u8(const uint8_t *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    brn_bytes2_u8(x, n, w, acc);
    brn_bytes2_u8(x, n, w + step, acc + 2);
}

/* Weight w[k][t] of an entry of the table of brn_window3_s8. */
static int32_t brn_weight3(const int32_t *entry, uint32_t k, uint32_t t)
{
    static const uint8_t place[9] = {0u, 1u, 4u, 2u, 3u, 6u, 5u, 7u, 10u};
    const uint32_t at = place[3u * k + t];
    const uint32_t byte = (uint32_t)entry[2u + at / 4u] >> 8u * (at & 3u) & 0xFFu;
    return (int32_t)(byte ^ 0x80u) - 128;
}

/* The upper 32 bits of acc * mult, plus offset, divided by 2^shift and rounded down; offset holds what rounds, and the zero point. */
static int32_t brn_scale_high(uint32_t acc, int32_t mult, int32_t offset, uint32_t shift)
{
    return ((int32_t)(((int64_t)(int32_t)acc * mult) >> 32) + offset) >> shift;
}

/* v brought into the range of int8_t. */
static int32_t brn_saturate_s8(int32_t v)
{
    return v < INT8_MIN ? INT8_MIN : (v > INT8_MAX ? INT8_MAX : v);
}

/* v brought into the range of uint8_t. */
static int32_t brn_saturate_u8(int32_t v)
{
    return v < 0 ? 0 : (v > UINT8_MAX ? UINT8_MAX : v);
}
