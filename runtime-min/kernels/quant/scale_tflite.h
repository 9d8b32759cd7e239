/* v * mult * 2^-shift as TFLite rounds it: the high half of the doubled product, to nearest and ties up, then a shift, to nearest and ties away from zero. Where shift < 31, v moves left before, modulo 2^32. 1 <= shift <= 62; v and mult aren't both INT32_MIN. */
static int32_t brn_scale_tflite(int32_t v, int32_t mult, uint32_t shift)
{
    const uint32_t left = shift < 31u ? 31u - shift : 0u;
    const uint32_t right = shift > 31u ? shift - 31u : 0u;
    const int64_t product = (int64_t)(int32_t)((uint32_t)v << left) * mult;
    const int64_t nudge = product >= 0 ? 0x40000000 : -0x3fffffff;
    const int32_t high = (int32_t)((product + nudge) / ((int64_t)1 << 31));
    const int32_t mask = (int32_t)(((uint32_t)1 << right) - 1u);
    const int32_t half = (mask >> 1) + (high < 0 ? 1 : 0);
    return (high >> right) + ((high & mask) > half ? 1 : 0);
}
