/* high, where pair = low + high * 2^16 and both are in the range of @half.c@. */
static uint32_t brn_@NAME@(uint32_t pair)
{
    return @HIGH@;
}
