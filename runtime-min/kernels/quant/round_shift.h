/* v / 2^shift rounded half to even; |v| < 2^62, 1 <= shift <= 62. */
static int64_t brn_round_shift(int64_t v, uint32_t shift)
{
    const int64_t half = (int64_t)1 << (shift - 1u);
    const int64_t odd = (v >> shift) & 1; /* a tie goes up only from an odd number */
    return (v + half - 1 + odd) >> shift;
}
