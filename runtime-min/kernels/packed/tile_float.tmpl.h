#include "packed/noinline.h"
#include "packed/weight_@w@.h"

/* acc[4 * p + j] += sum over i < n of x[p * next + i] * (u - @ZERO@ - zero[j]), where u is packed weight j of step first + i of a block of four, p < 4, j < 4: n inputs of four pixels into neighbouring outputs of each, so that a weight is unpacked once for four products. See brn_weight_@w@ for the packing. */
static BRN_NOINLINE void brn_@NAME@(const @t.c@ *x, uint32_t next, const @w.c@ *block, uint32_t first, uint32_t n, const int32_t *zero, @t.c@ *acc)
{
    const @t.c@ *const x1 = x + next;
    const @t.c@ *const x2 = x1 + next;
    const @t.c@ *const x3 = x2 + next;
    const @w.c@ *const w = block + first;
    const int32_t zero0 = zero[0] + @ZERO@;
    const int32_t zero1 = zero[1] + @ZERO@;
    const int32_t zero2 = zero[2] + @ZERO@;
    const int32_t zero3 = zero[3] + @ZERO@;
    @t.c@ acc0 = acc[0];
    @t.c@ acc1 = acc[1];
    @t.c@ acc2 = acc[2];
    @t.c@ acc3 = acc[3];
    @t.c@ acc4 = acc[4];
    @t.c@ acc5 = acc[5];
    @t.c@ acc6 = acc[6];
    @t.c@ acc7 = acc[7];
    @t.c@ acc8 = acc[8];
    @t.c@ acc9 = acc[9];
    @t.c@ acc10 = acc[10];
    @t.c@ acc11 = acc[11];
    @t.c@ acc12 = acc[12];
    @t.c@ acc13 = acc[13];
    @t.c@ acc14 = acc[14];
    @t.c@ acc15 = acc[15];
    for (uint32_t i = 0u; i < n; ++i) {
        const uint32_t four = w[i];
        const @t.c@ v0 = (@t.c@)((int32_t)(four & @U_MAX@u) - zero0);
        const @t.c@ v1 = (@t.c@)((int32_t)((four >> @S1@) & @U_MAX@u) - zero1);
        const @t.c@ v2 = (@t.c@)((int32_t)((four >> @S2@) & @U_MAX@u) - zero2);
        const @t.c@ v3 = (@t.c@)((int32_t)(four >> @S3@) - zero3);
        acc0 += x[i] * v0;
        acc1 += x[i] * v1;
        acc2 += x[i] * v2;
        acc3 += x[i] * v3;
        acc4 += x1[i] * v0;
        acc5 += x1[i] * v1;
        acc6 += x1[i] * v2;
        acc7 += x1[i] * v3;
        acc8 += x2[i] * v0;
        acc9 += x2[i] * v1;
        acc10 += x2[i] * v2;
        acc11 += x2[i] * v3;
        acc12 += x3[i] * v0;
        acc13 += x3[i] * v1;
        acc14 += x3[i] * v2;
        acc15 += x3[i] * v3;
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
    acc[4] = acc4;
    acc[5] = acc5;
    acc[6] = acc6;
    acc[7] = acc7;
    acc[8] = acc8;
    acc[9] = acc9;
    acc[10] = acc10;
    acc[11] = acc11;
    acc[12] = acc12;
    acc[13] = acc13;
    acc[14] = acc14;
    acc[15] = acc15;
}
