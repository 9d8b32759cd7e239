#include "conv/columns_before.h"
#include "conv/rows_inside_@t@.h"
#include "conv/window.h"

/* The divisor of an average pool's window whose first tap is at column: rows_counted (if 0, the rows that aren't NULL) times the columns inside the image, or with cols_padded all that lie before in_w + pad_end; 1 if that is nothing. */
static uint32_t brn_@NAME@(const @t.c@ *const *rows, uint32_t kh, const brn_window *window, int32_t column, uint32_t in_w, uint32_t kw, uint32_t dilation, uint32_t rows_counted, uint32_t cols_padded, int32_t pad_end)
{
    uint32_t columns = window->last - window->first;
    uint32_t count;
    if (cols_padded != 0u) {
        columns = brn_columns_before(column, (int32_t)in_w + pad_end, kw, dilation);
    }
    count = (rows_counted != 0u ? rows_counted : brn_rows_inside_@t@(rows, kh)) * columns;
    return count != 0u ? count : 1u;
}
