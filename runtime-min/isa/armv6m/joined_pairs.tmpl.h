/* brn_joined_pairs@SIZE@, channel by channel. 2^15 is added to the sum of two products, so that its lower half isn't negative and its upper one is the upper pixel's sum; u adds those up, s adds up all. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    const uint32_t *const end = panel + @(4 * WORDS)@u * quads;
    w += (quads + 31u) / 32u; /* no register is left for them */
    @for c 2@
    {
        const uint32_t *v = w;
#if defined(__GNUC__)
        register const uint32_t *r0 __asm__("r0") = panel;
        register const uint32_t *r1 __asm__("r1") = v;
        register const uint32_t *r2 __asm__("r2") = end;
        @for j PAIRS@
        register uint32_t s@j@ __asm__("r@(8 + 2 * j)@");
        register uint32_t u@j@ __asm__("r@(9 + 2 * j)@");
        @end@
        @if ODD@
        register uint32_t odd __asm__("r@(8 + 2 * PAIRS)@");
        @end@
        __asm__ volatile(".syntax unified\n\t"
                         "push {r2, r7}\n\t"
                         "movs r4, #0\n\t"
                         @for j SIZE@
                         "mov r@(8 + j)@, r4\n\t"
                         @end@
                         "movs r4, #128\n\t"
                         "lsls r4, r4, #8\n\t"
                         "mov lr, r4\n\t"
                         @if SIZE < 5@
                         "mov r12, r2\n\t"
                         @end@
                         "1: ldm r1!, {r2, r3}\n\t"
                         @for h 2@
                         "ldm r0!, {r4@for j WORDS - 1@, r@(5 + j)@@end@}\n\t"
                         @if h == 0@
                         "sxtb r@(3 - c)@, r@(2 + c)@\n\t"
                         @end@
                         @if h == 1@
                         "lsls r@(3 - c)@, r@(2 + c)@, #8\n\t"
                         "asrs r@(3 - c)@, r@(3 - c)@, #24\n\t"
                         @end@
                         @for j WORDS@
                         "muls r@(4 + j)@, r@(3 - c)@, r@(4 + j)@\n\t"
                         @end@
                         @if ODD@
                         "add r@(8 + 2 * PAIRS)@, r@(4 + PAIRS)@\n\t"
                         @end@
                         "ldm r0!, {r6@if PAIRS + ODD > 1@, r7@end@}\n\t"
                         @if h == 0@
                         "lsls r@(3 - c)@, r@(2 + c)@, #16\n\t"
                         "asrs r@(3 - c)@, r@(3 - c)@, #24\n\t"
                         @end@
                         @if h == 1@
                         "asrs r@(3 - c)@, r@(2 + c)@, #24\n\t"
                         @end@
                         @for j PAIRS@
                         "muls r@(6 + j)@, r@(3 - c)@, r@(6 + j)@\n\t"
                         "adds r@(4 + j)@, r@(4 + j)@, r@(6 + j)@\n\t"
                         "add r@(4 + j)@, lr\n\t"
                         "add r@(8 + 2 * j)@, r@(4 + j)@\n\t"
                         "asrs r@(4 + j)@, r@(4 + j)@, #16\n\t"
                         "add r@(9 + 2 * j)@, r@(4 + j)@\n\t"
                         @end@
                         @if ODD@
                         @if PAIRS == 2@
                         "ldm r0!, {r6}\n\t"
                         @end@
                         "muls r@(6 + PAIRS % 2)@, r@(3 - c)@, r@(6 + PAIRS % 2)@\n\t"
                         "add r@(8 + 2 * PAIRS)@, r@(6 + PAIRS % 2)@\n\t"
                         @end@
                         @end@
                         @if SIZE < 5@
                         "cmp r0, r12\n\t"
                         @end@
                         @if SIZE == 5@
                         "ldr r3, [sp]\n\t"
                         "cmp r0, r3\n\t"
                         @end@
                         "bne 1b\n\t"
                         "pop {r2, r7}"
                         : "+r"(r0), "+r"(r1), "+r"(r2)@for j PAIRS@,
                           "=r"(s@j@), "=r"(u@j@)@end@@if ODD@, "=r"(odd)@end@
                         :
                         : "r3", "r4", "r5", "r6", @if SIZE < 5@"r12", @end@"lr", "cc", "memory");
#else
        @for j PAIRS@
        uint32_t s@j@ = 0u;
        uint32_t u@j@ = 0u;
        @end@
        @if ODD@
        uint32_t odd = 0u;
        @end@
        for (const uint32_t *x = panel; x != end; v += 2) {
            for (uint32_t k = 0u; k < 4u; k += 2u, x += @(2 * WORDS)@) {
                const uint32_t w0 = (uint32_t)(int8_t)(v[@c@] >> 8u * k & 0xFFu);
                const uint32_t w1 = (uint32_t)(int8_t)(v[@c@] >> 8u * (k + 1u) & 0xFFu);
                @for j PAIRS@
                const uint32_t t@j@ = x[@j@] * w0 + x[@(WORDS + j)@] * w1 + 0x8000u;
                s@j@ += t@j@;
                u@j@ += (uint32_t)((int32_t)t@j@ >> 16);
                @end@
                @if ODD@
                odd += x[@PAIRS@] * w0 + x[@(WORDS + PAIRS)@] * w1;
                @end@
            }
        }
#endif
        @for j PAIRS@
        acc[@(4 * j)@u + @c@u] += s@j@ - ((u@j@ + quads) << 16);
        acc[@(4 * j + 2)@u + @c@u] += u@j@;
        @end@
        @if ODD@
        acc[@(4 * PAIRS)@u + @c@u] += odd;
        @end@
    }
    @end@
}
