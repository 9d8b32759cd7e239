/* count products of two vectors with four, of 16-bit integers, one product after the other:
 *   sums[8 * k + 4 * t + c] = sum over i < 2 * quads of dual(v[2 * n + t], w[4 * n + c])
 * with n = 2 * k * quads + i, dual being the sum of the products of the halves, for k < count, t < 2, c < 4, modulo 2^32; quads is not 0. */
static void brn_products2(const uint32_t *v, const uint32_t *w, uint32_t quads, uint32_t count, uint32_t *sums)
{
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
    const uint32_t bytes = 16u * quads; /* of what a product takes of v */
    const uint32_t *const stop = v + 4u * quads * (size_t)count;
    const uint32_t *end = v + 4u * quads;
    uint32_t a0, a1, a2, a3, a4, a5, a6, a7, x0, x1, w0, w1;
    if ((quads & 3u) == 0u) {
        __asm__ volatile("1:\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smuad %[a0], %[x0], %[w0]\n\t"
                         "smuad %[a1], %[x0], %[w1]\n\t"
                         "smuad %[a4], %[x1], %[w0]\n\t"
                         "smuad %[a5], %[x1], %[w1]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smuad %[a2], %[x0], %[w0]\n\t"
                         "smuad %[a3], %[x0], %[w1]\n\t"
                         "smuad %[a6], %[x1], %[w0]\n\t"
                         "smuad %[a7], %[x1], %[w1]\n\t"
                         "b 3f\n\t"
                         "2:\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a4], %[x1], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x1], %[w1], %[a5]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a2], %[x0], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x0], %[w1], %[a3]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         "3:\n\t"
                         ".rept 7\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a4], %[x1], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x1], %[w1], %[a5]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a2], %[x0], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x0], %[w1], %[a3]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[v], %[x0]\n\t"
                         "bne 2b\n\t"
                         "ldr %[x1], %[sums]\n\t"
                         "strd %[a0], %[a1], [%[x1]], #8\n\t"
                         "strd %[a2], %[a3], [%[x1]], #8\n\t"
                         "strd %[a4], %[a5], [%[x1]], #8\n\t"
                         "strd %[a6], %[a7], [%[x1]], #8\n\t"
                         "str %[x1], %[sums]\n\t"
                         "ldr %[x1], %[bytes]\n\t"
                         "add %[x0], %[x0], %[x1]\n\t"
                         "str %[x0], %[end]\n\t"
                         "ldr %[x1], %[stop]\n\t"
                         "cmp %[v], %[x1]\n\t"
                         "bne 1b"
                         : [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2), [a3] "=&r"(a3),
                           [a4] "=&r"(a4), [a5] "=&r"(a5), [a6] "=&r"(a6), [a7] "=&r"(a7),
                           [v] "+r"(v), [w] "+r"(w), [x0] "=&r"(x0), [x1] "=&r"(x1),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [sums] "+m"(sums), [end] "+m"(end)
                         : [bytes] "m"(bytes), [stop] "m"(stop)
                         : "cc", "memory");
    } else {
        __asm__ volatile("1:\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smuad %[a0], %[x0], %[w0]\n\t"
                         "smuad %[a1], %[x0], %[w1]\n\t"
                         "smuad %[a4], %[x1], %[w0]\n\t"
                         "smuad %[a5], %[x1], %[w1]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smuad %[a2], %[x0], %[w0]\n\t"
                         "smuad %[a3], %[x0], %[w1]\n\t"
                         "smuad %[a6], %[x1], %[w0]\n\t"
                         "smuad %[a7], %[x1], %[w1]\n\t"
                         "b 3f\n\t"
                         "2:\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a4], %[x1], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x1], %[w1], %[a5]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a2], %[x0], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x0], %[w1], %[a3]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         "3:\n\t"
                         ".rept 1\n\t"
                         "ldrd %[x0], %[x1], [%[v]], #8\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a0], %[x0], %[w0], %[a0]\n\t"
                         "smlad %[a1], %[x0], %[w1], %[a1]\n\t"
                         "smlad %[a4], %[x1], %[w0], %[a4]\n\t"
                         "smlad %[a5], %[x1], %[w1], %[a5]\n\t"
                         "ldrd %[w0], %[w1], [%[w]], #8\n\t"
                         "smlad %[a2], %[x0], %[w0], %[a2]\n\t"
                         "smlad %[a3], %[x0], %[w1], %[a3]\n\t"
                         "smlad %[a6], %[x1], %[w0], %[a6]\n\t"
                         "smlad %[a7], %[x1], %[w1], %[a7]\n\t"
                         ".endr\n\t"
                         "ldr %[x0], %[end]\n\t"
                         "cmp %[v], %[x0]\n\t"
                         "bne 2b\n\t"
                         "ldr %[x1], %[sums]\n\t"
                         "strd %[a0], %[a1], [%[x1]], #8\n\t"
                         "strd %[a2], %[a3], [%[x1]], #8\n\t"
                         "strd %[a4], %[a5], [%[x1]], #8\n\t"
                         "strd %[a6], %[a7], [%[x1]], #8\n\t"
                         "str %[x1], %[sums]\n\t"
                         "ldr %[x1], %[bytes]\n\t"
                         "add %[x0], %[x0], %[x1]\n\t"
                         "str %[x0], %[end]\n\t"
                         "ldr %[x1], %[stop]\n\t"
                         "cmp %[v], %[x1]\n\t"
                         "bne 1b"
                         : [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2), [a3] "=&r"(a3),
                           [a4] "=&r"(a4), [a5] "=&r"(a5), [a6] "=&r"(a6), [a7] "=&r"(a7),
                           [v] "+r"(v), [w] "+r"(w), [x0] "=&r"(x0), [x1] "=&r"(x1),
                           [w0] "=&r"(w0), [w1] "=&r"(w1), [sums] "+m"(sums), [end] "+m"(end)
                         : [bytes] "m"(bytes), [stop] "m"(stop)
                         : "cc", "memory");
    }
#else
    for (uint32_t k = 0u; k < count; ++k, sums += 8) {
        uint32_t acc[8] = {0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u};
        for (uint32_t i = 0u; i < 2u * quads; ++i, v += 2, w += 4) {
            acc[0] = brn_dual(v[0], w[0], acc[0]);
            acc[1] = brn_dual(v[0], w[1], acc[1]);
            acc[2] = brn_dual(v[0], w[2], acc[2]);
            acc[3] = brn_dual(v[0], w[3], acc[3]);
            acc[4] = brn_dual(v[1], w[0], acc[4]);
            acc[5] = brn_dual(v[1], w[1], acc[5]);
            acc[6] = brn_dual(v[1], w[2], acc[6]);
            acc[7] = brn_dual(v[1], w[3], acc[7]);
        }
        memcpy(sums, acc, sizeof acc);
    }
#endif
}
