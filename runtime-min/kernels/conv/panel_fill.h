/* A panel's groups for n values that are all the same: see brn_widen_s8. */
static inline void brn_panel_fill(int32_t value, uint32_t n, uint32_t pixels, uint32_t *panel)
{
    const uint32_t pair = ((uint32_t)value & 0xFFFFu) | (uint32_t)value << 16;
    for (uint32_t i = 0u; i < n; i += 4u, panel += 2u * pixels) {
        panel[0] = pair;
        panel[pixels] = pair;
    }
}
