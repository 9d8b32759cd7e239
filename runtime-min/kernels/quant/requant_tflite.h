#include "quant/scale_tflite.h"

/* brn_scale_tflite(acc, mult, shift) + zero, brought into lo .. hi. */
static int32_t brn_requant_tflite(int32_t acc, int32_t mult, uint8_t shift, int32_t zero, int32_t lo, int32_t hi)
{
    const int32_t v = brn_scale_tflite(acc, mult, shift);
    return v < lo - zero ? lo : (v > hi - zero ? hi : v + zero);
}
