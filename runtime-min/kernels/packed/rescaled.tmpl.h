/* bias[o] + acc * scale[o * scale_step], brought into lo .. hi; bias may be NULL for 0. NaN stays NaN. */
static @t.c@ brn_@NAME@(@t.c@ acc, uint32_t o, const @t.c@ *scale, uint32_t scale_step, const @t.c@ *bias, @t.c@ lo, @t.c@ hi)
{
    const @t.c@ v = acc * scale[(size_t)o * scale_step] + (bias != NULL ? bias[o] : 0.0@t.f@);
    return v < lo ? lo : (v > hi ? hi : v);
}
