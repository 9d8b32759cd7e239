#include "isa.h"
#include "recurrent/limit_@t@.h"

/* z[i] = limit(x[i] + sum over j < n of r[i * n + j] * h[j]) for i < m, where limit clamps to [-clip, clip] and keeps NaN. x may be NULL for 0. z may not overlap the others. Source: ONNX RNN-22, GRU-22, LSTM-22. */
static void brn_@NAME@(const @t.c@ *x, const @t.c@ *r, const @t.c@ *h, @t.c@ *z, uint32_t m, uint32_t n, @t.c@ clip)
{
    for (uint32_t i = 0u; i < m; ++i) {
        z[i] = x != NULL ? x[i] : 0.0@t.f@;
    }
    for (uint32_t i = 0u; i < m; i += 4u) {
        brn_dots_@t@(h, r + (size_t)i * n, n, n, m - i < 4u ? m - i : 4u, z + i);
    }
    for (uint32_t i = 0u; i < m; ++i) {
        z[i] = brn_limit_@t@(z[i], clip);
    }
}
