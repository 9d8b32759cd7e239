/* acc[2 * p + c] += sum over k < 4 * quads of value k of pixel p times weight k of channel c, p < @SIZE@, c < 2, modulo 2^32: brn_pairs@SIZE@ of weights that have 16 bits. Half j of word w[4 * q + 2 * h + c] is weight 4 * q + 2 * j + h of channel c. */
static void brn_@NAME@(const uint32_t *panel, const uint32_t *w, uint32_t quads, uint32_t *acc)
{
    for (uint32_t i = 0u; i < 2u * quads; ++i, panel += @SIZE@, w += 2) {
        for (uint32_t p = 0u; p < @SIZE@u; ++p) {
            acc[2u * p] = brn_dual(panel[p], w[0], acc[2u * p]);
            acc[2u * p + 1u] = brn_dual(panel[p], w[1], acc[2u * p + 1u]);
        }
    }
}
