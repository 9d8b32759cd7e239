/* u / v rounded towards zero; 0 where v is 0. The smallest value over -1, which C leaves undefined, wraps to itself. */
static @t.c@ brn_@NAME@(@t.c@ u, @t.c@ v)
{
    if (v == 0) {
        return 0;
    }
    return (@t.c@)(v == -1 ? (@t.c@)(0u - (@t.m@)u) : u / v);
}
