/* The windows of three times three taps, the first at the given column, tap after tap. */
static inline void brn_nine_taps_@a@(const @a.c@ *const *rows, uint32_t column, uint32_t in_w, uint32_t in_step, uint32_t dilation, const @a.c@ *padding, uint32_t *taps)
{
    const int32_t at0 = (int32_t)(column * in_step);
    const int32_t at1 = at0 + (int32_t)(dilation * in_step);
    const int32_t at2 = at1 + (int32_t)(dilation * in_step);
    const int inside0 = column < in_w;
    const int inside1 = column + dilation < in_w;
    const int inside2 = column + 2u * dilation < in_w;
    @for k 3@
    @for t 3@
    taps[@(3 * k + t)@] = (uint32_t)(rows[@k@] != NULL && inside@t@ ? rows[@k@] + at@t@ : padding);
    @end@
    @end@
}
