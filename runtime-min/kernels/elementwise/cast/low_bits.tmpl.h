/* The low @t.bits@ bits of v as a@KIND@ integer. */
static @t.c@ brn_@NAME@(uint32_t v)
{
    return @EXPR@;
}
