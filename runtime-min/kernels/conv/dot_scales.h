/* How the sums of brn_dots_pixels_s8 and its like become results, as far as their channels share it: for brn_dot_result. */
typedef struct {
    int32_t offset;
    uint32_t shift;
    int32_t lo;
    int32_t hi;
    uint32_t out_c;
} brn_dot_scales;
