/* brn_pairs of @COUNT@. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    brn_pairs(panel, @SIZE@u, w, quads, acc);
}
