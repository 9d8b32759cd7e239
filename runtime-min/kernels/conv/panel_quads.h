/* Groups of four values that a window of kh rows of kw taps fills in a panel. Taps that touch (nothing between the pixels) are one run of values, others each a run of its own; every run begins with a group. */
static uint32_t brn_panel_quads(uint32_t kh, uint32_t kw, uint32_t in_c, uint32_t in_step, uint32_t dilation)
{
    const int touching = dilation == 1u && in_step == in_c;
    return touching ? kh * ((kw * in_c + 3u) / 4u) : kh * kw * ((in_c + 3u) / 4u);
}
