/* v brought into lo .. hi. */
static inline int32_t brn_clamp_32(int32_t v, int32_t lo, int32_t hi)
{
    return v < lo ? lo : (v > hi ? hi : v);
}
