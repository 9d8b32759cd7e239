/* a / b rounded half to even and saturated to int32; b >= 1. */
static int32_t brn_ratio(int64_t a, int64_t b)
{
    int64_t q = a / b;
    int64_t r = a % b;
    if (r < 0) { /* C rounds to zero: make it the floor */
        r += b;
        --q;
    }
    if (r > b - r || (r == b - r && (q & 1) != 0)) {
        ++q;
    }
    return q < INT32_MIN ? INT32_MIN : (q > INT32_MAX ? INT32_MAX : (int32_t)q);
}
