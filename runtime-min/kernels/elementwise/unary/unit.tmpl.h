/* v clamped to 0 .. 1; NaN stays NaN. */
static @t.c@ brn_@NAME@(@t.c@ v)
{
    return v < 0.0@t.f@ ? 0.0@t.f@ : (v > 1.0@t.f@ ? 1.0@t.f@ : v);
}
