@INCLUDE@
#include "recurrent/begin_state_@t@.h"
#include "recurrent/project_@t@.h"
#include "recurrent/state_row_@t@.h"
#include "recurrent/steps.h"

/* A recurrent layer of n units over one sequence. In the order of time, t = 0, 1, ..., T - 1, or backwards if reverse isn't 0:
 *   h = f(limit(x[t * x_step ..] + R h)),   y[t * y_step ..] = h
 * T is steps, or *length clamped to it; rows of y from T on are 0. x: inputs times weights, plus bias. r: R [n][n]. h0 may be NULL for 0, y NULL if not wanted; h becomes the last state. limit clamps to [-clip, clip]. z: scratch [n]. h may equal h0, else nothing overlaps. f is @FDOC@. Source: ONNX RNN-22. */
static void brn_@NAME@(const @t.c@ *x, uint32_t x_step, const @t.c@ *r, const @t.c@ *h0, const int32_t *length, @t.c@ *h, @t.c@ *y, uint32_t y_step, @t.c@ *z, uint32_t steps, uint32_t n, uint32_t reverse, @t.c@ clip@PARAMS@)
{
    const uint32_t used = brn_steps(length, steps);
    brn_begin_state_@t@(h0, h, n);
    for (uint32_t step = 0u; step < used; ++step) {
        const uint32_t t = reverse != 0u ? used - 1u - step : step;
        brn_project_@t@(x + (size_t)t * x_step, r, h, z, n, n, clip);
        for (uint32_t i = 0u; i < n; ++i) {
            h[i] = @F@z[i]);
        }
        brn_state_row_@t@(h, y, t, y_step, n);
    }
    for (uint32_t t = used; t < steps; ++t) {
        brn_state_row_@t@(NULL, y, t, y_step, n);
    }
}
