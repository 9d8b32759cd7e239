/* Brings count values of each of some pixels, step elements apart, into lo .. hi. */
static inline void brn_@NAME@(@y.c@ *y, uint32_t pixels, uint32_t count, uint32_t step, int32_t lo, int32_t hi)
{
    for (uint32_t p = 0u; p < pixels; ++p, y += step) {
        for (uint32_t i = 0u; i < count; ++i) {
            y[i] = (@y.c@)(y[i] < lo ? lo : (y[i] > hi ? hi : y[i]));
        }
    }
}
