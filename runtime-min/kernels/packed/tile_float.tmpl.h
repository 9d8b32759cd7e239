#include "packed/noinline.h"
#include "packed/weight_@w@.h"

/* acc[4 * p + j] += sum over i < n of x[p * next + i] * (u - @ZERO@ - zero[j]), where u is packed weight j of step first + i of a block of four, p < @SIZE@, j < 4: n inputs of @COUNT@ into neighbouring outputs of each@if SIZE > 1@, so that a weight is unpacked once for @COUNT@@end@. See brn_weight_@w@ for the packing. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *x, uint32_t next, const @w.c@ *block, uint32_t first, uint32_t n, const int32_t *zero, @t.c@ *acc)
{
    @for p SIZE@
    const @t.c@ *x@p@ = x@if p > 0@ + @if p > 1@(size_t)@p@u * @end@next@end@;
    @end@
    @if SIZE == 1@
    (void)next;
    @end@
    const @w.c@ *w = block + first;
    const @w.c@ *const end = w + n;
    @for j 4@
    const int32_t zero@j@ = zero[@j@] + @ZERO@;
    @end@
    @for i 4*SIZE@
    @t.c@ acc@i@ = acc[@i@];
    @end@
    while (w != end) {
        const uint32_t four = *w++;
        const @t.c@ v0 = (@t.c@)((int32_t)(four & @U_MAX@u) - zero0);
        const @t.c@ v1 = (@t.c@)((int32_t)((four >> @S1@) & @U_MAX@u) - zero1);
        const @t.c@ v2 = (@t.c@)((int32_t)((four >> @S2@) & @U_MAX@u) - zero2);
        const @t.c@ v3 = (@t.c@)((int32_t)(four >> @S3@) - zero3);
        @for p SIZE@
        const @t.c@ u@p@ = *x@p@++;
        @for j 4@
        acc@(4 * p + j)@ += u@p@ * v@j@;
        @end@
        @end@
    }
    @for i 4*SIZE@
    acc[@i@] = acc@i@;
    @end@
}
