@INCLUDE@
#include "recurrent/begin_state_@t@.h"
#include "recurrent/limit_@t@.h"
#include "recurrent/project_@t@.h"
#include "recurrent/state_row_@t@.h"
#include "recurrent/steps.h"

/* Gated recurrent units, n of them, over one sequence. In the order of time, t = 0, 1, ..., T - 1, or backwards if reverse isn't 0, with (xu, xr, xc) = x[t * x_step ..] and (Ru, Rr, Rc) = r:
 *   u = f(limit(xu + Ru h)),   v = f(limit(xr + Rr h))
 *   c = g(limit(xc + Rc (v . h))), or g(limit(xc + v . (Rc h + b))) if reset_after isn't 0
 *   h = (1 - u) . c + u . h,   y[t * y_step ..] = h
 * T is steps, or *length clamped to it; rows of y from T on are 0. x: inputs times weights, plus biases, [3][n] a step. r: [3][n][n]. b: [n], or NULL for 0. h0 may be NULL for 0, y NULL if not wanted; h becomes the last state. limit clamps to [-clip, clip]. z: scratch [3][n]. h may equal h0, else nothing overlaps. f and g are @FDOC@. Source: ONNX GRU-22 (gates z, r, h; linear_before_reset). */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const @t.c@ *r, const @t.c@ *b, const @t.c@ *h0, const int32_t *length, @t.c@ *h, @t.c@ *y, uint32_t y_step, @t.c@ *z, uint32_t steps, uint32_t n, uint32_t reverse, uint32_t reset_after, @t.c@ clip@PARAMS@)
{
    const uint32_t used = brn_steps(length, steps);
    @t.c@ *const v = z + n;
    @t.c@ *const c = v + n;
    const @t.c@ *const rc = r + (size_t)2u * n * n;
    brn_begin_state_@t@(h0, h, n);
    for (uint32_t step = 0u; step < used; ++step) {
        const uint32_t t = reverse != 0u ? used - 1u - step : step;
        const @t.c@ *const xt = x + (size_t)t * x_step;
        const @t.c@ *const xc = xt + (size_t)2u * n;
        brn_project_@t@(xt, r, h, z, 2u * n, n, clip);
        for (uint32_t i = 0u; i < 2u * n; ++i) {
            z[i] = @F@z[i]);
        }
        if (reset_after != 0u) {
            brn_project_@t@(b, rc, h, c, n, n, @t.max@);
            for (uint32_t i = 0u; i < n; ++i) {
                c[i] = brn_limit_@t@(xc[i] + v[i] * c[i], clip);
            }
        } else {
            for (uint32_t i = 0u; i < n; ++i) {
                v[i] *= h[i];
            }
            brn_project_@t@(xc, rc, v, c, n, n, clip);
        }
        for (uint32_t i = 0u; i < n; ++i) {
            h[i] = (1.0@t.f@ - z[i]) * @G@c[i]) + z[i] * h[i];
        }
        brn_state_row_@t@(h, y, t, y_step, n);
    }
    for (uint32_t t = used; t < steps; ++t) {
        brn_state_row_@t@(NULL, y, t, y_step, n);
    }
}
