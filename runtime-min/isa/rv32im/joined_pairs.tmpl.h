/* brn_joined_pairs@SIZE@. 2^15 is added to the sum of two products, so that its lower half isn't negative and its upper one is the upper pixel's sum; u adds those up, s adds up all. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    const uint32_t *const end = panel + @(4 * WORDS)@u * quads;
    const uint32_t *w0 = w;
    const uint32_t *w1 = w + quads;
    @for j 2*PAIRS@
    uint32_t s@j@ = 0u;
    uint32_t u@j@ = 0u;
    @end@
    @if ODD@
    uint32_t odd0 = acc[@(4 * PAIRS)@];
    uint32_t odd1 = acc[@(4 * PAIRS + 1)@];
    @end@
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    __asm__ volatile("lui a6, 8\n\t"
                     "1:\n\t"
                     @for h 2@
                     @for j PAIRS@
                     "lw t@(3 + j)@, @(8 * WORDS * h + 4 * j)@(%[x])\n\t"
                     "lw t@(5 + j)@, @(8 * WORDS * h + 4 * (WORDS + j))@(%[x])\n\t"
                     @end@
                     @for c 2@
                     "lb t0, @(2 * h)@(%[w@c@])\n\t"
                     @for j PAIRS@
                     "mul t@(1 + j)@, t@(3 + j)@, t0\n\t"
                     @end@
                     @if ODD@
                     "lw a7, @(8 * WORDS * h + 4 * PAIRS)@(%[x])\n\t"
                     "mul a7, a7, t0\n\t"
                     "add %[odd@c@], %[odd@c@], a7\n\t"
                     @end@
                     "lb t0, @(2 * h + 1)@(%[w@c@])\n\t"
                     @for j PAIRS@
                     "mul a7, t@(5 + j)@, t0\n\t"
                     "add t@(1 + j)@, t@(1 + j)@, a7\n\t"
                     @end@
                     @if ODD@
                     "lw a7, @(8 * WORDS * h + 4 * (WORDS + PAIRS))@(%[x])\n\t"
                     "mul a7, a7, t0\n\t"
                     "add %[odd@c@], %[odd@c@], a7\n\t"
                     @end@
                     @for j PAIRS@
                     "add t@(1 + j)@, t@(1 + j)@, a6\n\t"
                     "add %[s@(2 * j + c)@], %[s@(2 * j + c)@], t@(1 + j)@\n\t"
                     "srai t@(1 + j)@, t@(1 + j)@, 16\n\t"
                     "add %[u@(2 * j + c)@], %[u@(2 * j + c)@], t@(1 + j)@\n\t"
                     @end@
                     @end@
                     @end@
                     "addi %[x], %[x], @(16 * WORDS)@\n\t"
                     "addi %[w0], %[w0], 4\n\t"
                     "addi %[w1], %[w1], 4\n\t"
                     "bne %[x], %[end], 1b"
                     : @for j 2*PAIRS@[s@j@] "+r"(s@j@), [u@j@] "+r"(u@j@),
                       @end@@if ODD@[odd0] "+r"(odd0), [odd1] "+r"(odd1),
                       @end@[x] "+r"(panel), [w0] "+r"(w0), [w1] "+r"(w1)
                     : [end] "r"(end)
                     : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a6", "a7", "memory");
#else
    for (; panel != end; ++w0, ++w1) {
        for (uint32_t k = 0u; k < 4u; k += 2u, panel += @(2 * WORDS)@) {
            @for c 2@
            const uint32_t a@c@ = (uint32_t)(int8_t)(*w@c@ >> 8u * k & 0xFFu);
            const uint32_t b@c@ = (uint32_t)(int8_t)(*w@c@ >> 8u * (k + 1u) & 0xFFu);
            @for j PAIRS@
            const uint32_t t@(2 * j + c)@ = panel[@j@] * a@c@ + panel[@(WORDS + j)@] * b@c@ + 0x8000u;
            s@(2 * j + c)@ += t@(2 * j + c)@;
            u@(2 * j + c)@ += (uint32_t)((int32_t)t@(2 * j + c)@ >> 16);
            @end@
            @if ODD@
            odd@c@ += panel[@PAIRS@] * a@c@ + panel[@(WORDS + PAIRS)@] * b@c@;
            @end@
            @end@
        }
    }
#endif
    @for j PAIRS@
    @for c 2@
    acc[@(4 * j + c)@] += s@(2 * j + c)@ - ((u@(2 * j + c)@ + quads) << 16);
    acc[@(4 * j + 2 + c)@] += u@(2 * j + c)@;
    @end@
    @end@
    @if ODD@
    acc[@(4 * PAIRS)@] = odd0;
    acc[@(4 * PAIRS + 1)@] = odd1;
    @end@
}
