/* v rounded towards zero and saturated to @to.c@; NaN gives 0. */
static @to.c@ brn_@NAME@(@from.c@ v)
{
    if (v >= @to.over@@from.f@) {
        return @to.max@;
    }
    if (v > @to.low@@from.f@) {
        return (@to.c@)v;
    }
    return @ELSE@;
}
