#include "conv/columns_before.h"

/* Whether a window of kw taps whose first is at the given column lies inside a row of in_w pixels. */
static int brn_window_is_inside(int32_t column, uint32_t in_w, uint32_t kw, uint32_t dilation)
{
    return column >= 0 && brn_columns_before(column, (int32_t)in_w, kw, dilation) == kw;
}
