/* Whether a / b lies exactly between two integers; b >= 1. */
static int brn_is_tie(int64_t a, int64_t b)
{
    const int64_t r = a % b < 0 ? -(a % b) : a % b;
    return r == b - r;
}
