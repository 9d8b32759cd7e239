#include <math.h>

/* How many rows (or columns) of samples a bin gets: `grid`, or if that is 0, one for each pixel of its length, at most 4096. */
static uint32_t brn_@NAME@(@t.c@ length, uint32_t grid)
{
    const @t.c@ rows = ceil@t.f@(length);
    if (grid != 0u || !(rows > 0.0@t.f@)) {
        return grid;
    }
    return rows < 4096.0@t.f@ ? (uint32_t)rows : 4096u;
}
