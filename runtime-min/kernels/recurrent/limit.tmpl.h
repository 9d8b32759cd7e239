/* min(max(v, -clip), clip); NaN stays NaN. */
static @t.c@ brn_@NAME@(@t.c@ v, @t.c@ clip)
{
    return v < -clip ? -clip : (v > clip ? clip : v);
}
