#include "conv/panel_fill.h"
#include "conv/panel_part_@t@.h"
#include "conv/window_at.h"
#include "isa.h"

/* The window of kh rows and kw taps whose first tap is at the given column, as values of a panel: what an output pixel is made of. Rows that are NULL and columns outside 0 .. in_w - 1 read as x_zero. panel points to the pixel's first word, pixels is the number of words in a row of the panel: see brn_widen_s8 and brn_panel_quads. */
static inline void brn_panel_pixel_@t@(const @t.c@ *const *rows, uint32_t kh, int32_t column, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t dilation, int32_t x_zero, uint32_t pixels, uint32_t *panel)
{
    const brn_window window = brn_window_at(column, in_w, in_c, in_step, kw, dilation);
    const int touching = dilation == 1u && in_step == in_c;
    const uint32_t run = touching ? kw * in_c : in_c;
    const uint32_t group = (run + 3u) / 4u * 2u * pixels; /* words of a run */
    for (uint32_t k = 0u; k < kh; ++k) {
        if (rows[k] == NULL) {
            brn_panel_fill(x_zero, touching ? run : kw * ((in_c + 3u) & ~3u), pixels, panel);
            panel += touching ? group : kw * group;
        } else if (touching && window.run == run) {
            brn_widen_@t@(rows[k] + window.offset, run, pixels, panel);
            panel += group;
        } else if (touching) {
            brn_panel_part_@t@(rows[k] + window.offset, window.first * in_c, window.run, run, x_zero,
                              pixels, panel);
            panel += group;
        } else {
            for (uint32_t t = 0u; t < kw; ++t, panel += group) {
                if (t < window.first || t >= window.last) {
                    brn_panel_fill(x_zero, in_c, pixels, panel);
                } else {
                    const uint32_t at = window.offset + (t - window.first) * window.step;
                    brn_widen_@t@(rows[k] + at, in_c, pixels, panel);
                }
            }
        }
    }
}
