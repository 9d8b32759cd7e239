#include <string.h>

/* The float whose IEEE 754 bits are given. */
static float brn_bits_to_f32(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
