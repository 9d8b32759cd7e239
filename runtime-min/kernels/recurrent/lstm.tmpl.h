@INCLUDE@
#include "recurrent/begin_state_@t@.h"
#include "recurrent/limit_@t@.h"
#include "recurrent/project_@t@.h"
#include "recurrent/state_row_@t@.h"
#include "recurrent/steps.h"

/* Long short-term memory, n cells, over one sequence. In the order of time, t = 0, 1, ..., T - 1, or backwards if reverse isn't 0, with (xi, xo, xf, xc) = x[t * x_step ..], (Ri, Ro, Rf, Rc) = r, (pi, po, pf) = p:
 *   i = f(limit(xi + Ri h + pi . c)),   d = g(limit(xc + Rc h))
 *   e = f(limit(xf + Rf h + pf . c)), or 1 - i if input_forget isn't 0
 *   c = e . c + i . d,   o = f(limit(xo + Ro h + po . c)),   h = o . k(c),   y[t * y_step ..] = h
 * T is steps, or *length clamped to it; rows of y from T on are 0. x: inputs times weights, plus biases, [4][n] a step. r: [4][n][n]. p: peepholes [3][n], or NULL for 0. h0 and c0 may be NULL for 0, y NULL if not wanted; h and c become the last state. limit clamps to [-clip, clip]. z: scratch [4][n]. h may equal h0 and c c0, else nothing overlaps. f, g and k are @FDOC@. Source: ONNX LSTM-22. */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const @t.c@ *r, const @t.c@ *p, const @t.c@ *h0, const @t.c@ *c0, const int32_t *length, @t.c@ *h, @t.c@ *c, @t.c@ *y, uint32_t y_step, @t.c@ *z, uint32_t steps, uint32_t n, uint32_t reverse, uint32_t input_forget, @t.c@ clip@PARAMS@)
{
    const uint32_t used = brn_steps(length, steps);
    const @t.c@ *const zo = z + n;
    const @t.c@ *const zf = zo + n;
    const @t.c@ *const zc = zf + n;
    brn_begin_state_@t@(h0, h, n);
    brn_begin_state_@t@(c0, c, n);
    for (uint32_t step = 0u; step < used; ++step) {
        const uint32_t t = reverse != 0u ? used - 1u - step : step;
        brn_project_@t@(x + (size_t)t * x_step, r, h, z, 4u * n, n, @t.max@);
        for (uint32_t j = 0u; j < n; ++j) {
            const @t.c@ pi = p != NULL ? p[j] : 0.0@t.f@;
            const @t.c@ po = p != NULL ? p[n + j] : 0.0@t.f@;
            const @t.c@ pf = p != NULL ? p[(size_t)2u * n + j] : 0.0@t.f@;
            const @t.c@ zi = brn_limit_@t@(z[j] + pi * c[j], clip);
            const @t.c@ d = brn_limit_@t@(zc[j], clip);
            const @t.c@ i = @F@zi);
            @t.c@ e = 1.0@t.f@ - i;
            if (input_forget == 0u) {
                e = brn_limit_@t@(zf[j] + pf * c[j], clip);
                e = @F@e);
            }
            c[j] = e * c[j] + i * @G@d);
            h[j] = brn_limit_@t@(zo[j] + po * c[j], clip);
            h[j] = @F@h[j]);
            h[j] *= @K@c[j]);
        }
        brn_state_row_@t@(h, y, t, y_step, n);
    }
    for (uint32_t t = used; t < steps; ++t) {
        brn_state_row_@t@(NULL, y, t, y_step, n);
    }
}
