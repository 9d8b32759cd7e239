/* u - trunc(u / v) * v, the remainder with the sign of u; 0 where v is 0 or -1 (C leaves the smallest
 * value over -1 undefined). */
static @t.c@ brn_@NAME@(@t.c@ u, @t.c@ v)
{
    return (@t.c@)(v == 0 || v == -1 ? 0 : u % v);
}
