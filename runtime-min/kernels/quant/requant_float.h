#include "quant/round_bits.h"

/* round(f32(f32(acc) * scale)), saturated to int32, in integers: bit for bit what float arithmetic gives that rounds to nearest even at each of the three steps. scale_bits are those of a positive finite float. */
static int32_t brn_requant_float(int32_t acc, uint32_t scale_bits)
{
    const uint32_t fraction = scale_bits & 0x7fffffu;
    const uint32_t biased = scale_bits >> 23;
    const uint32_t scale = biased != 0u ? fraction | 0x800000u : fraction;
    const uint64_t limit = acc < 0 ? (uint64_t)1 << 31 : INT32_MAX;
    uint64_t v = acc < 0 ? 0u - (uint32_t)acc : (uint32_t)acc;
    int32_t exponent = (biased != 0u ? (int32_t)biased : 1) - 150; /* of the last bit of scale */
    for (uint32_t step = 0u; step < 2u; ++step) { /* round acc, then the product, to 24 bits */
        uint32_t drop = 0u;
        v *= step == 0u ? 1u : scale;
        while ((v >> drop) >= 0x1000000u) {
            ++drop;
        }
        v = brn_round_bits(v, drop);
        exponent += (int32_t)drop;
    }
    if (exponent < 0) {
        v = brn_round_bits(v, (uint32_t)-exponent);
    } else {
        v = exponent < 32 ? v << exponent : (v != 0u ? limit : 0u);
    }
    v = v < limit ? v : limit;
    return acc < 0 ? (int32_t)-(int64_t)v : (int32_t)v;
}
