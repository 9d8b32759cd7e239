#include <string.h>

/* The IEEE 754 bits of a float. */
static uint32_t brn_f32_to_bits(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}
