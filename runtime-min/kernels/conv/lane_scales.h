/* How the sums of a convolution become results where channels are lanes of a vector: first sum and multiplier of each channel, and what the channels have in common, for brn_scale_high. Exceptions are sums whose result is that of another sum: three numbers each, channel, sum and the other one, by channel; the last channel is INT32_MAX. NULL: there are none. clamps says whether lo .. hi is less than what a result can hold. */
typedef struct {
    const int32_t *bias;
    const int32_t *mult;
    const int32_t *exceptions;
    int32_t offset;
    uint32_t shift;
    int32_t lo;
    int32_t hi;
    int clamps;
} brn_lane_scales;
