/* The code of a small float nearest to |v|, ties to the even code, sign and upper end of the format left to the caller.
 * size: the bits of |v|, not NaN. The format has `fraction` bits and the exponent bias `bias`. */
static uint32_t brn_round_to_code(uint32_t size, uint32_t fraction, uint32_t bias)
{
    const uint32_t drop = 23u - fraction;
    const uint32_t least = 128u - bias; /* a float's exponent field at the smallest normal value */
    const uint32_t exponent = size >> 23;
    if (exponent >= least) {
        const uint32_t half = (1u << (drop - 1u)) - 1u + ((size >> drop) & 1u);
        return (size - ((least - 1u) << 23) + half) >> drop;
    }
    const uint32_t shift = drop + least - exponent; /* to units of the smallest subnormal */
    if (shift > 24u) {
        return 0u; /* less than half of one */
    }
    const uint32_t whole = (size & 0x7fffffu) | 0x800000u;
    return (whole + (1u << (shift - 1u)) - 1u + ((whole >> shift) & 1u)) >> shift;
}
