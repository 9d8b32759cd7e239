/* The weight of the only element that the nearest one is made of. */
static @t.c@ brn_@NAME@(@t.c@ fraction, uint32_t tap)
{
    (void)fraction;
    (void)tap;
    return 1.0@t.f@;
}
