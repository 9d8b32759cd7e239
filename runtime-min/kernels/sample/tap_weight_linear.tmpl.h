/* The weight of element `tap` of the two around a position, which lies `fraction` behind the first. */
static @t.c@ brn_@NAME@(@t.c@ fraction, uint32_t tap)
{
    return tap == 0u ? 1.0@t.f@ - fraction : fraction;
}
