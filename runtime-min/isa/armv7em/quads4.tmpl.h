/* brn_bytes4_@t@ of whole groups of four values, up to end. */
static void brn_quads4_@t@(const @t.c@ *x, const @t.c@ *end, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    uint32_t acc0 = acc[0];
    uint32_t acc1 = acc[1];
    uint32_t acc2 = acc[2];
    uint32_t acc3 = acc[3];
    const uint32_t *v = w + step;
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
#  if !defined(__OPTIMIZE_SIZE__)
    const @t.c@ *const last = x + ((uint32_t)(end - x) & ~15u);
    if (x != last) {
        uint32_t x0, x1, w0, w1, t;
        __asm__ volatile("1:\n\t"
                         ".rept 4\n\t"
                         "ldr %[x1], [%[x]], #4\n\t"
                         "@EXTEND@ %[x0], %[x1]\n\t"
                         "@EXTEND@ %[x1], %[x1], ror #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "sxtb16 %[t], %[w0]\n\t"
                         "smlad %[a0], %[x0], %[t], %[a0]\n\t"
                         "sxtb16 %[w0], %[w0], ror #8\n\t"
                         "smlad %[a1], %[x0], %[w0], %[a1]\n\t"
                         "sxtb16 %[t], %[w1]\n\t"
                         "smlad %[a0], %[x1], %[t], %[a0]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a1], %[x1], %[w1], %[a1]\n\t"
                         "ldrd %[w0], %[w1], [%[v]], #8\n\t"
                         "sxtb16 %[t], %[w0]\n\t"
                         "smlad %[a2], %[x0], %[t], %[a2]\n\t"
                         "sxtb16 %[w0], %[w0], ror #8\n\t"
                         "smlad %[a3], %[x0], %[w0], %[a3]\n\t"
                         "sxtb16 %[t], %[w1]\n\t"
                         "smlad %[a2], %[x1], %[t], %[a2]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         ".endr\n\t"
                         "ldr %[t], %[end]\n\t"
                         "cmp %[x], %[t]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [x] "+r"(x), [w] "+r"(w), [v] "+r"(v),
                           [x0] "=&r"(x0), [x1] "=&r"(x1), [w0] "=&r"(w0), [w1] "=&r"(w1),
                           [t] "=&r"(t)
                         : [end] "m"(last)
                         : "cc", "memory");
    }
#  endif
    if (x != end) {
        uint32_t x0, x1, w0, w1, t;
        __asm__ volatile("1:\n\t"
                         ".rept 1\n\t"
                         "ldr %[x1], [%[x]], #4\n\t"
                         "@EXTEND@ %[x0], %[x1]\n\t"
                         "@EXTEND@ %[x1], %[x1], ror #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "sxtb16 %[t], %[w0]\n\t"
                         "smlad %[a0], %[x0], %[t], %[a0]\n\t"
                         "sxtb16 %[w0], %[w0], ror #8\n\t"
                         "smlad %[a1], %[x0], %[w0], %[a1]\n\t"
                         "sxtb16 %[t], %[w1]\n\t"
                         "smlad %[a0], %[x1], %[t], %[a0]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a1], %[x1], %[w1], %[a1]\n\t"
                         "ldrd %[w0], %[w1], [%[v]], #8\n\t"
                         "sxtb16 %[t], %[w0]\n\t"
                         "smlad %[a2], %[x0], %[t], %[a2]\n\t"
                         "sxtb16 %[w0], %[w0], ror #8\n\t"
                         "smlad %[a3], %[x0], %[w0], %[a3]\n\t"
                         "sxtb16 %[t], %[w1]\n\t"
                         "smlad %[a2], %[x1], %[t], %[a2]\n\t"
                         "sxtb16 %[w1], %[w1], ror #8\n\t"
                         "smlad %[a3], %[x1], %[w1], %[a3]\n\t"
                         ".endr\n\t"
                         "ldr %[t], %[end]\n\t"
                         "cmp %[x], %[t]\n\t"
                         "bne 1b"
                         : [a0] "+r"(acc0), [a1] "+r"(acc1), [a2] "+r"(acc2), [a3] "+r"(acc3),
                           [x] "+r"(x), [w] "+r"(w), [v] "+r"(v),
                           [x0] "=&r"(x0), [x1] "=&r"(x1), [w0] "=&r"(w0), [w1] "=&r"(w1),
                           [t] "=&r"(t)
                         : [end] "m"(end)
                         : "cc", "memory");
    }
#else
    for (; x != end; x += 4, w += 2, v += 2) {
        const uint32_t four = brn_word(x);
        const uint32_t even = brn_even_@t@(four);
        const uint32_t odd = brn_odd_@t@(four);
        acc0 = brn_dual(even, brn_even_s8(w[0]), acc0);
        acc1 = brn_dual(even, brn_odd_s8(w[0]), acc1);
        acc0 = brn_dual(odd, brn_even_s8(w[1]), acc0);
        acc1 = brn_dual(odd, brn_odd_s8(w[1]), acc1);
        acc2 = brn_dual(even, brn_even_s8(v[0]), acc2);
        acc3 = brn_dual(even, brn_odd_s8(v[0]), acc3);
        acc2 = brn_dual(odd, brn_even_s8(v[1]), acc2);
        acc3 = brn_dual(odd, brn_odd_s8(v[1]), acc3);
    }
#endif
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
}
