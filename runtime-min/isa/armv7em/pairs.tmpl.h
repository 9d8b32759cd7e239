/* brn_@NAME@ as portable C has it, sums in registers as far as there are any. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    @for p 2 * SIZE@
    uint32_t acc@p@ = acc[@p@];
    @end@
    const uint32_t *const end = panel + @(2 * SIZE)@u * quads;
    for (; panel != end; panel += @SIZE@, w += @(1 + WIDE)@) {
        @if WIDE@
        const uint32_t w0 = w[0];
        const uint32_t w1 = w[1];
        @end@
        @if WIDE == 0@
        const uint32_t w0 = brn_even_s8(*w);
        const uint32_t w1 = brn_odd_s8(*w);
        @end@
        @for p SIZE@
        acc@(2 * p)@ = brn_dual(panel[@p@], w0, acc@(2 * p)@);
        acc@(2 * p + 1)@ = brn_dual(panel[@p@], w1, acc@(2 * p + 1)@);
        @end@
    }
    @for p 2 * SIZE@
    acc[@p@] = acc@p@;
    @end@
}
