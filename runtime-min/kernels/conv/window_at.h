#include "conv/columns_before.h"
#include "conv/window.h"

/* The window whose first tap is at the given column, negative in the padding, of a row of in_w pixels of in_c channels, in_step elements apart. Taps that touch (dilation 1, nothing between the pixels) make one run. */
static brn_window brn_window_at(int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t dilation)
{
    const int touching = dilation == 1u && in_step == in_c;
    brn_window window;
    window.first = column < 0 ? brn_columns_before(column, 0, kw, dilation) : 0u;
    window.last = brn_columns_before(column, (int32_t)in_w, kw, dilation);
    window.offset = 0u;
    window.runs = touching ? 1u : window.last - window.first;
    window.run = touching ? (window.last - window.first) * in_c : in_c;
    window.step = dilation * in_step;
    if (window.first < window.last) {
        window.offset = ((uint32_t)column + window.first * dilation) * in_step;
    }
    return window;
}
