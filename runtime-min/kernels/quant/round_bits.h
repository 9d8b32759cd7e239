/* v / 2^drop rounded half to even; v < 2^63. */
static uint64_t brn_round_bits(uint64_t v, uint32_t drop)
{
    if (drop == 0u || drop > 63u) {
        return drop == 0u ? v : 0u;
    }
    return (v + (((uint64_t)1 << (drop - 1u)) - 1u) + ((v >> drop) & 1u)) >> drop;
}
