#include "conv/join_@t@.h"
#include "conv/join_two_@t@.h"

/* The windows of @COUNT@, stride columns apart, the first of which has its first tap at the given column, as the panel that brn_joined_pairs@SIZE@ takes: kh rows of kw taps of in_c values, then zeros up to a multiple of four. Rows that are NULL and columns outside 0 .. in_w - 1 read as x_zero, which like values of uint8_t is one of int8_t here: 128 less. */
static inline void brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, uint32_t dilation, int32_t x_zero, uint32_t *panel)
{
    const uint32_t columns = @(SIZE - 1)@u * stride + kw;
    const uint32_t run = kw * in_c;
    const int touching = dilation == 1u && in_step == in_c;
    const int inside = touching && column >= 0 && (uint32_t)column + columns <= in_w;
    for (uint32_t k = 0u; k < kh; ++k) {
        if (inside && rows[k] != NULL) {
            const @t.c@ *const x = rows[k] + (size_t)(uint32_t)column * in_c;
            @if SIZE > 1@
            const uint32_t next = stride * in_c;
            @end@
            @for j SIZE/2@
            brn_join_two_@t@(x@if j > 0@ + @(2 * j)@u * next@end@, x + @if j > 0@@(2 * j + 1)@u * @end@next, run, @WORDS@u,
                         panel@if j > 0@ + @j@@end@);
            @end@
            @if SIZE % 2@
            brn_join_@t@(x@if SIZE > 1@ + @(SIZE - 1)@u * next@end@, run, 0, 0u, @WORDS@u, panel@if SIZE > 1@ + @(SIZE / 2)@@end@);
            @end@
            panel += run * @WORDS@u;
            continue;
        }
        for (uint32_t t = 0u; t < kw; ++t, panel += in_c * @WORDS@u) {
            int32_t at = column + (int32_t)(t * dilation);
            for (uint32_t p = 0u; p < @SIZE@u; ++p, at += (int32_t)stride) {
                const int there = rows[k] != NULL && at >= 0 && (uint32_t)at < in_w;
                const @t.c@ *const x = there ? rows[k] + (size_t)(uint32_t)at * in_step : NULL;
                brn_join_@t@(x, in_c, x_zero, 16u * (p & 1u), @WORDS@u, panel + p / 2u);
            }
        }
    }
    for (uint32_t k = kh * run; (k & 3u) != 0u; ++k, panel += @WORDS@) {
        @for j WORDS@
        panel[@j@] = 0u;
        @end@
    }
}
