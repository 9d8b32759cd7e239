/* acc[i] += sum over t < 2 * pairs of taps[t][at + i] times weight t of channel i, i < 4, modulo 2^32; pairs isn't 0. Of pair p of the taps, bytes 0, 1 of word 2 * p of w are the weights of the first tap for channels 0, 1, bytes 2, 3 those of the second; word 2 * p + 1 has channels 2, 3. */
static void brn_@NAME@(const @a.c@ *const *taps, uint32_t at, uint32_t pairs, const uint32_t *w, uint32_t *acc)
{
#if defined(__GNUC__)
    const uint32_t arguments[5] = {(uint32_t)taps, at, pairs, (uint32_t)w, (uint32_t)acc};
    register const uint32_t *from __asm__("r0") = arguments;
    __asm__ volatile(
        "push {r0, r4-r11}\n\t"
        "ldm r0, {r1-r5}\n\t"
        "ldm r5, {r8-r11}\n\t"
        "1: ldrd r5, r6, [r1], #8\n\t"
        "ldr r5, [r5, r2]\n\t"
        "ldr r6, [r6, r2]\n\t"
        "ldrd r12, lr, [r4], #8\n\t"
        "pkhbt r7, r5, r6, lsl #16\n\t"
        "pkhtb r6, r6, r5, asr #16\n\t"
        "@EXTEND@ r5, r7\n\t"
        "sxtb16 r0, r12\n\t"
        "smlad r8, r5, r0, r8\n\t"
        "@EXTEND@ r5, r7, ror #8\n\t"
        "sxtb16 r0, r12, ror #8\n\t"
        "smlad r9, r5, r0, r9\n\t"
        "@EXTEND@ r5, r6\n\t"
        "sxtb16 r0, lr\n\t"
        "smlad r10, r5, r0, r10\n\t"
        "@EXTEND@ r5, r6, ror #8\n\t"
        "sxtb16 r0, lr, ror #8\n\t"
        "smlad r11, r5, r0, r11\n\t"
        "subs r3, r3, #1\n\t"
        "bne 1b\n\t"
        "pop {r0}\n\t"
        "ldr r0, [r0, #16]\n\t"
        "stm r0, {r8-r11}\n\t"
        "pop {r4-r11}\n\t"
        : "+r"(from)
        :
        : "r1", "r2", "r3", "r12", "lr", "cc", "memory");
#else
    for (uint32_t t = 0u; t < 2u * pairs; ++t) {
        const @a.c@ *const x = taps[t] + at;
        for (uint32_t i = 0u; i < 4u; ++i) {
            const uint32_t byte = w[(t & ~1u) + i / 2u] >> (16u * (t & 1u) + 8u * (i & 1u)) & 0xFFu;
            acc[i] += (uint32_t)(x[i] * ((int32_t)(byte ^ 0x80u) - 128));
        }
    }
#endif
}
