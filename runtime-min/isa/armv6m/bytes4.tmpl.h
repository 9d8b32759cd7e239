/* brn_bytes2_@t@ of four channels; the weights of the second two lie step words behind those of the first. */
static void brn_@NAME@(const @t.c@ *x, uint32_t n, const uint32_t *w, uint32_t step, uint32_t *acc)
{
    const uint32_t whole = n & ~3u;
#if defined(__GNUC__)
    if (whole != 0u) {
        register const @t.c@ *r0 __asm__("r0") = x;
        register const uint32_t *r1 __asm__("r1") = w;
        register const uint32_t *r2 __asm__("r2") = w + step;
        register const @t.c@ *r3 __asm__("r3") = x + whole;
        register uint32_t a0 __asm__("r8") = acc[0];
        register uint32_t a1 __asm__("r9") = acc[1];
        register uint32_t a2 __asm__("r10") = acc[2];
        register uint32_t a3 __asm__("r11") = acc[3];
        __asm__ volatile(".syntax unified\n\t"
                         "mov r12, r3\n\t"
                         "1:\n\t"
                         @for h 2@
                         "ldrb r4, [r0, #@(h)@]\n\t"
                         "ldrb r5, [r0, #@(h + 2)@]\n\t"
                         @if SIGNED@
                         "sxtb r4, r4\n\t"
                         "sxtb r5, r5\n\t"
                         @end@
                         @for c 2@
                         "ldm r@(1 + c)@!, {r3}\n\t"
                         "sxtb r6, r3\n\t"
                         "muls r6, r4, r6\n\t"
                         "add r@(8 + 2 * c)@, r6\n\t"
                         "lsls r6, r3, #16\n\t"
                         "asrs r6, r6, #24\n\t"
                         "muls r6, r4, r6\n\t"
                         "add r@(9 + 2 * c)@, r6\n\t"
                         "lsls r6, r3, #8\n\t"
                         "asrs r6, r6, #24\n\t"
                         "muls r6, r5, r6\n\t"
                         "add r@(8 + 2 * c)@, r6\n\t"
                         "asrs r6, r3, #24\n\t"
                         "muls r6, r5, r6\n\t"
                         "add r@(9 + 2 * c)@, r6\n\t"
                         @end@
                         @end@
                         "adds r0, #4\n\t"
                         "cmp r0, r12\n\t"
                         "bne 1b"
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(a0), "+r"(a1), "+r"(a2),
                           "+r"(a3)
                         :
                         : "r4", "r5", "r6", "r12", "cc", "memory");
        acc[0] = a0;
        acc[1] = a1;
        acc[2] = a2;
        acc[3] = a3;
    }
#else
    for (uint32_t i = 0u; i < whole; i += 4u) {
        brn_bytes2_@t@(x + i, 4u, w + i / 2u, acc);
        brn_bytes2_@t@(x + i, 4u, w + step + i / 2u, acc + 2);
    }
#endif
    if (whole != n) {
        brn_bytes2_@t@(x + whole, n - whole, w + whole / 2u, acc);
        brn_bytes2_@t@(x + whole, n - whole, w + step + whole / 2u, acc + 2);
    }
}
