/* Of each four neighbouring bytes, in six columns x_step apart, brn_six: of bytes 0 and 2 at v, of bytes 1 and 3 at v + apart. */
static inline void brn_six_@t@(const @t.c@ *x, uint32_t x_step, uint32_t *v, uint32_t step, uint32_t apart)
{
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    const uint32_t apart_bytes = 4u * apart;
    uint32_t d0, d1, d2, d3, d4, d5, t0, t1, t2, t3;
    __asm__ volatile("ldr %[d0], [%[t4]]\n\t"
                     "ldr %[d1], [%[t4], %[t5]]\n\t"
                     "ldr %[d2], [%[t4], %[t5], lsl #1]\n\t"
                     "ldr %[d4], [%[t4], %[t5], lsl #2]\n\t"
                     "add %[t4], %[t4], %[t5]\n\t"
                     "ldr %[d3], [%[t4], %[t5], lsl #1]\n\t"
                     "ldr %[d5], [%[t4], %[t5], lsl #2]\n\t"
                     "@EXTEND@ %[t0], %[d2]\n\t"
                     "@EXTEND@ %[t1], %[d4]\n\t"
                     "ssub16 %[t2], %[t1], %[t0]\n\t"
                     "@EXTEND@ %[t3], %[d0]\n\t"
                     "ssub16 %[t3], %[t3], %[t0]\n\t"
                     "sadd16 %[t3], %[t3], %[t3]\n\t"
                     "sadd16 %[t3], %[t3], %[t3]\n\t"
                     "sadd16 %[t3], %[t3], %[t2]\n\t"
                     "str %[t3], [%[v]]\n\t"
                     "sadd16 %[t0], %[t0], %[t0]\n\t"
                     "sadd16 %[t0], %[t0], %[t0]\n\t"
                     "ssub16 %[t0], %[t1], %[t0]\n\t"
                     "@EXTEND@ %[t1], %[d1]\n\t"
                     "@EXTEND@ %[t3], %[d3]\n\t"
                     "ssub16 %[t4], %[t3], %[t1]\n\t"
                     "sadd16 %[t1], %[t1], %[t1]\n\t"
                     "sadd16 %[t1], %[t1], %[t1]\n\t"
                     "ssub16 %[t1], %[t3], %[t1]\n\t"
                     "sadd16 %[t5], %[t0], %[t1]\n\t"
                     "str %[t5], [%[v], %[step]]\n\t"
                     "ssub16 %[t0], %[t0], %[t1]\n\t"
                     "str %[t0], [%[v], %[step], lsl #1]\n\t"
                     "sadd16 %[t4], %[t4], %[t4]\n\t"
                     "sadd16 %[t5], %[t2], %[t4]\n\t"
                     "ssub16 %[t2], %[t2], %[t4]\n\t"
                     "str %[t2], [%[v], %[step], lsl #2]\n\t"
                     "add %[t1], %[v], %[step]\n\t"
                     "str %[t5], [%[t1], %[step], lsl #1]\n\t"
                     "sadd16 %[t4], %[t4], %[t4]\n\t"
                     "@EXTEND@ %[t5], %[d5]\n\t"
                     "ssub16 %[t5], %[t5], %[t3]\n\t"
                     "ssub16 %[t5], %[t5], %[t4]\n\t"
                     "str %[t5], [%[t1], %[step], lsl #2]\n\t"
                     "ldr %[t0], %[apart]\n\t"
                     "add %[v], %[v], %[t0]\n\t"
                     "@EXTEND@ %[t0], %[d2], ror #8\n\t"
                     "@EXTEND@ %[t1], %[d4], ror #8\n\t"
                     "ssub16 %[t2], %[t1], %[t0]\n\t"
                     "@EXTEND@ %[t3], %[d0], ror #8\n\t"
                     "ssub16 %[t3], %[t3], %[t0]\n\t"
                     "sadd16 %[t3], %[t3], %[t3]\n\t"
                     "sadd16 %[t3], %[t3], %[t3]\n\t"
                     "sadd16 %[t3], %[t3], %[t2]\n\t"
                     "str %[t3], [%[v]]\n\t"
                     "sadd16 %[t0], %[t0], %[t0]\n\t"
                     "sadd16 %[t0], %[t0], %[t0]\n\t"
                     "ssub16 %[t0], %[t1], %[t0]\n\t"
                     "@EXTEND@ %[t1], %[d1], ror #8\n\t"
                     "@EXTEND@ %[t3], %[d3], ror #8\n\t"
                     "ssub16 %[t4], %[t3], %[t1]\n\t"
                     "sadd16 %[t1], %[t1], %[t1]\n\t"
                     "sadd16 %[t1], %[t1], %[t1]\n\t"
                     "ssub16 %[t1], %[t3], %[t1]\n\t"
                     "sadd16 %[t5], %[t0], %[t1]\n\t"
                     "str %[t5], [%[v], %[step]]\n\t"
                     "ssub16 %[t0], %[t0], %[t1]\n\t"
                     "str %[t0], [%[v], %[step], lsl #1]\n\t"
                     "sadd16 %[t4], %[t4], %[t4]\n\t"
                     "sadd16 %[t5], %[t2], %[t4]\n\t"
                     "ssub16 %[t2], %[t2], %[t4]\n\t"
                     "str %[t2], [%[v], %[step], lsl #2]\n\t"
                     "add %[t1], %[v], %[step]\n\t"
                     "str %[t5], [%[t1], %[step], lsl #1]\n\t"
                     "sadd16 %[t4], %[t4], %[t4]\n\t"
                     "@EXTEND@ %[t5], %[d5], ror #8\n\t"
                     "ssub16 %[t5], %[t5], %[t3]\n\t"
                     "ssub16 %[t5], %[t5], %[t4]\n\t"
                     "str %[t5], [%[t1], %[step], lsl #2]"
                     : [d0] "=&r"(d0), [d1] "=&r"(d1), [d2] "=&r"(d2), [d3] "=&r"(d3),
                       [d4] "=&r"(d4), [d5] "=&r"(d5), [t0] "=&r"(t0), [t1] "=&r"(t1),
                       [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "+r"(x), [t5] "+r"(x_step), [v] "+r"(v)
                     : [step] "r"(4u * step), [apart] "m"(apart_bytes)
                     : "memory");
#else
    for (uint32_t h = 0u; h < 2u; ++h) {
        uint32_t d[6];
        for (uint32_t k = 0u; k < 6u; ++k) {
            d[k] = brn_even_@t@(brn_word(x + (size_t)k * x_step) >> 8u * h);
        }
        brn_six(d, v + h * apart, step);
    }
#endif
}
