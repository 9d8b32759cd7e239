/* How many of kw taps, at column, column + dilation, .., lie before column limit. */
static uint32_t brn_columns_before(int32_t column, int32_t limit, uint32_t kw, uint32_t dilation)
{
    if (column + (int32_t)((kw - 1u) * dilation) < limit) {
        return kw; /* the common case, without a division */
    }
    return column < limit ? ((uint32_t)(limit - column) + dilation - 1u) / dilation : 0u;
}
