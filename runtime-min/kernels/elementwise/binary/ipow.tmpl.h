/* base to the power of exponent modulo 2^@t.bits@, by squaring. A negative exponent gives the quotient
 * rounded to zero, so 0 unless base is 1 or -1; 0 to a negative power gives 0. */
static @t.c@ brn_@NAME@(@t.c@ base, @t.c@ exponent)
{
    @t.m@ result = 1u;
    @t.m@ square = (@t.m@)base;
    if (exponent < 0) {
        if (base != 1 && base != -1) {
            return 0;
        }
        return exponent % 2 == 0 ? 1 : base;
    }
    for (@t.m@ e = (@t.m@)exponent; e != 0u; e >>= 1) {
        result *= (e & 1u) != 0u ? square : 1u;
        square *= square;
    }
    return (@t.c@)result;
}
