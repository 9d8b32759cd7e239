/* v as a place between the pixels of an axis: at least 0 (also for NaN), at most size. */
static uint32_t brn_@NAME@(@t.c@ v, uint32_t size)
{
    if (!(v > 0.0@t.f@)) {
        return 0u;
    }
    return v < (@t.c@)size ? (uint32_t)v : size;
}
