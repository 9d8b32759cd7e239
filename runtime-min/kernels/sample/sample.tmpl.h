#include <math.h>
#include "sample/place_@PAD@_@t@.h"
#include "sample/tap_weight_@MODE@_@t@.h"

/* n samples of an image of dims[0] x .. x dims[depth - 1] pixels of c channels, none of these 0, depth from 1 to 3:
 *   y[i * c + j] = channel j of the image at position at[i * depth .. i * depth + depth - 1]
 * for i < n, j < c: @WHAT@ along each axis. Positions count pixels; `corners` says where an axis ends (see brn_place). NaN and infinite positions read nothing else, and give NaN at worst. y may not overlap the others. Source: ONNX GridSample-22, mode="@MODE@", padding_mode="@PAD@". */
static void brn_@NAME@(const @t.c@ *x, const uint32_t *dims, uint32_t depth, uint32_t c, uint32_t corners, const @t.c@ *at, @t.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        size_t element[3][@TAPS@];
        uint32_t inside[3][@TAPS@];
        @t.c@ weight[3][@TAPS@];
        uint32_t taps = 1u;
        for (uint32_t axis = 0u; axis < depth; ++axis) {
            const uint32_t size = dims[axis];
            const @t.c@ v = at[(size_t)i * depth + axis];
            const @t.c@ position = @POSITION@;
            const @t.c@ first = floor@t.f@(position);
            for (uint32_t t = 0u; t < @TAPS@u; ++t) {
                const @t.c@ tap = first + (@t.c@)t - @BEFORE@;
                const @t.c@ place = brn_place_@PAD@_@t@(tap, size, corners);
                inside[axis][t] = place >= 0.0@t.f@ && place <= (@t.c@)(size - 1u);
                element[axis][t] = inside[axis][t] != 0u ? (size_t)place : 0u;
                weight[axis][t] = brn_tap_weight_@MODE@_@t@(position - first, t);
            }
            taps *= @TAPS@u;
        }
        @t.c@ *const pixel = y + (size_t)i * c;
        for (uint32_t j = 0u; j < c; ++j) {
            pixel[j] = 0.0@t.f@;
        }
        for (uint32_t tap = 0u; tap < taps; ++tap) {
            @t.c@ w = 1.0@t.f@;
            size_t from = 0u;
            uint32_t counts = 1u;
            uint32_t rest = tap;
            for (uint32_t axis = 0u; axis < depth; ++axis) {
                const uint32_t t = rest % @TAPS@u;
                rest /= @TAPS@u;
                w *= weight[axis][t];
                from = from * dims[axis] + element[axis][t];
                counts &= inside[axis][t];
            }
            for (uint32_t j = 0u; j < c && counts != 0u; ++j) {
                pixel[j] += w * x[from * c + j];
            }
        }
    }
}
