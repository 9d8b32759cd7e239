/* How the sums of a convolution become results: first sum and multiplier of each of out_c channels, in turn in table, and what the channels have in common, for brn_scale_high. A multiplier with its sign bit set is that of a channel with exceptions, sums whose result is another one: for each such channel in turn their number, then pairs of sum, all different, and result, from lo to hi. */
typedef struct {
    const int32_t *table;
    int32_t offset;
    uint32_t shift;
    const int32_t *exceptions;
    int32_t lo;
    int32_t hi;
    uint32_t out_c;
} brn_channel_scales;
