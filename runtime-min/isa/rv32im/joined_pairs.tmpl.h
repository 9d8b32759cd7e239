#include "conv/always_inline.h"

/* brn_joined_pairs@SIZE@. 2^15 is added to the sum of four products, or of two, so that its lower half isn't negative and its upper one is the upper pixel's sum; u adds those up, s adds up all. A part of its caller's loop: the sums stay in registers. */
static BRN_ALWAYS_INLINE void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    const uint32_t *splits = w;
    w += (quads + 31u) / 32u;
    @for j PAIRS@
    @for c 2@
    uint32_t u@(2 * j + c)@ = acc[@(4 * j + 2 + c)@];
    uint32_t s@(2 * j + c)@ = acc[@(4 * j + c)@] + (u@(2 * j + c)@ << 16);
    @end@
    @end@
    @if ODD@
    uint32_t odd0 = acc[@(4 * PAIRS)@];
    uint32_t odd1 = acc[@(4 * PAIRS + 1)@];
    @end@
    while (quads != 0u) {
        const uint32_t some = quads < 32u ? quads : 32u;
        const uint32_t *const end = panel + @(4 * WORDS)@u * some;
        uint32_t split = *splits++;
        quads -= some;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
        __asm__ volatile("lui t4, 8\n\t"
                         "1:\n\t"
                         @for k 4@
                         @for j PAIRS@
                         "lw a@(4 * j + k)@, @(4 * (WORDS * k + j))@(%[x])\n\t"
                         @end@
                         @end@
                         @if PAIRS@
                         "bltz %[split], 2f\n\t"
                         @end@
                         @for by 1 + (PAIRS > 0)@
                         @if by@
                         "j 4f\n\t"
                         "2:\n\t"
                         @end@
                         @for c 2@
                         @for k 4@
                         "lb t0, @(4 * c + k)@(%[w])\n\t"
                         @for j PAIRS@
                         @if (k == 0) + by * (k == 2)@
                         "mul t@(1 + j)@, a@(4 * j + k)@, t0\n\t"
                         @end@
                         @if (k > 0) * (1 - by * (k == 2))@
                         "mul t3, a@(4 * j + k)@, t0\n\t"
                         "add t@(1 + j)@, t@(1 + j)@, t3\n\t"
                         @end@
                         @end@
                         @if ODD@
                         "lw t3, @(4 * (WORDS * k + PAIRS))@(%[x])\n\t"
                         "mul t3, t3, t0\n\t"
                         "add %[odd@c@], %[odd@c@], t3\n\t"
                         @end@
                         @for j PAIRS@
                         @if (k == 3) + by * (k == 1)@
                         "add %[s@(2 * j + c)@], %[s@(2 * j + c)@], t@(1 + j)@\n\t"
                         "add t@(1 + j)@, t@(1 + j)@, t4\n\t"
                         "srai t@(1 + j)@, t@(1 + j)@, 16\n\t"
                         "add %[u@(2 * j + c)@], %[u@(2 * j + c)@], t@(1 + j)@\n\t"
                         @end@
                         @end@
                         @end@
                         @end@
                         @if by == 0@
                         "3: addi %[x], %[x], @(16 * WORDS)@\n\t"
                         "addi %[w], %[w], 8\n\t"
                         "slli %[split], %[split], 1\n\t"
                         "bne %[x], %[end], 1b\n\t"
                         @end@
                         @if by@
                         "j 3b\n\t"
                         "4:"
                         @end@
                         @end@
                         : @for j 2*PAIRS@[s@j@] "+r"(s@j@), [u@j@] "+r"(u@j@),
                           @end@@if ODD@[odd0] "+r"(odd0), [odd1] "+r"(odd1),
                           @end@[x] "+r"(panel), [w] "+r"(w), [split] "+r"(split)
                         : [end] "r"(end)
                         : "t0", "t1", "t2", "t3", "t4",
                           @for k 4*PAIRS@"a@k@", @end@"memory");
#else
        for (; panel != end; w += 2, split <<= 1) {
            for (uint32_t k = 0u; k < 4u; k += 2u, panel += @(2 * WORDS)@) {
                @for c 2@
                const uint32_t a@c@ = (uint32_t)(int8_t)(w[@c@] >> 8u * k & 0xFFu);
                const uint32_t b@c@ = (uint32_t)(int8_t)(w[@c@] >> 8u * (k + 1u) & 0xFFu);
                @for j PAIRS@
                const uint32_t t@(2 * j + c)@ = panel[@j@] * a@c@ + panel[@(WORDS + j)@] * b@c@;
                s@(2 * j + c)@ += t@(2 * j + c)@;
                u@(2 * j + c)@ += (uint32_t)((int32_t)(t@(2 * j + c)@ + 0x8000u) >> 16);
                @end@
                @if ODD@
                odd@c@ += panel[@PAIRS@] * a@c@ + panel[@(WORDS + PAIRS)@] * b@c@;
                @end@
                @end@
            }
        }
#endif
    }
    @for j PAIRS@
    @for c 2@
    acc[@(4 * j + c)@] = s@(2 * j + c)@ - (u@(2 * j + c)@ << 16);
    acc[@(4 * j + 2 + c)@] = u@(2 * j + c)@;
    @end@
    @end@
    @if ODD@
    acc[@(4 * PAIRS)@] = odd0;
    acc[@(4 * PAIRS + 1)@] = odd1;
    @end@
}
