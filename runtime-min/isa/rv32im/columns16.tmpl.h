/* brn_columns16_@t@, its sums in registers. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, int32_t x_zero, const uint32_t *w, uint32_t *acc)
{
    const @t.c@ *const end = x + n;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    if (n == 0u) {
        return;
    }
    __asm__ volatile(@for j 8@"lw a@j@, @(4 * j)@(%[acc])\n\t"
                     @end@@for j 7@"lw t@j@, @(4 * j + 32)@(%[acc])\n\t"
                     @end@"lw s2, 60(%[acc])\n\t"
                     "1: @LOAD@ s3, 0(%[x])\n\t"
                     "addi %[x], %[x], 1\n\t"
                     "beq s3, %[zero], 2f\n\t"
                     "sub s3, s3, %[zero]\n\t"
                     @for j 16@
                     "lb s4, @j@(%[w])\n\t"
                     "mul s4, s4, s3\n\t"
                     @if j < 8@
                     "add a@j@, a@j@, s4\n\t"
                     @end@
                     @if (j >= 8) * (j < 15)@
                     "add t@(j - 8)@, t@(j - 8)@, s4\n\t"
                     @end@
                     @end@
                     "add s2, s2, s4\n\t"
                     "2: addi %[w], %[w], 16\n\t"
                     "bne %[x], %[end], 1b\n\t"
                     @for j 8@"sw a@j@, @(4 * j)@(%[acc])\n\t"
                     @end@@for j 7@"sw t@j@, @(4 * j + 32)@(%[acc])\n\t"
                     @end@"sw s2, 60(%[acc])"
                     : [x] "+r"(x), [w] "+r"(w)
                     : [end] "r"(end), [zero] "r"(x_zero), [acc] "r"(acc)
                     : @for j 8@"a@j@", @end@"s2", "s3", "s4",
                       @for j 7@"t@j@", @end@"memory");
#else
    for (; x != end; ++x, w += 4) {
        const int8_t *const v = (const int8_t *)w;
        const int32_t value = *x - x_zero;
        for (uint32_t j = 0u; value != 0 && j < 16u; ++j) {
            acc[j] += (uint32_t)(value * v[j]);
        }
    }
#endif
}
