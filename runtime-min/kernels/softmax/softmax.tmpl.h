#include <math.h>

/* Of n values, step apart:
 *   y[i * step] = exp(x[i * step]) / sum over j < n of exp(x[j * step])
 * The largest x is taken out before exp, so that nothing overflows. y may equal x. Source: ONNX Softmax-13. */
static void brn_@NAME@(const @t.c@ *x, @t.c@ *y, uint32_t n, uint32_t step)
{
    @t.c@ top = @t.min@;
    @t.c@ sum = 0.0@t.f@;
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ v = x[(size_t)i * step];
        top = v > top ? v : top;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        const @t.c@ e = exp@t.f@(x[(size_t)i * step] - top);
        y[(size_t)i * step] = e;
        sum += e;
    }
    for (uint32_t i = 0u; i < n; ++i) {
        y[(size_t)i * step] /= sum;
    }
}
