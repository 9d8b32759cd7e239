/* y[0 .. *count) = the positions i < n with x[i] != 0, ascending; y has room for as many. Source:
 * ONNX NonZero-13, Compress-11. */
static void brn_true_positions(const uint8_t *x, uint32_t n, int64_t *y, uint32_t *count)
{
    uint32_t found = 0u;
    for (uint32_t i = 0u; i < n; ++i) {
        if (x[i] != 0u) {
            y[found] = (int64_t)i;
            found += 1u;
        }
    }
    *count = found;
}
