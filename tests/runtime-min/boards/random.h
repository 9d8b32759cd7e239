/* Random values for programs that run on a board. */
#include <stdint.h>

static uint32_t random_state = 2463534242u;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* From lo to hi, both included. */
static int32_t random_integer(int32_t lo, int32_t hi)
{
    return lo + (int32_t)((random_word() >> 8) % (uint32_t)(hi - lo + 1));
}

/* Bytes: random, all alike, or the least and the greatest in turn at random. */
static void random_bytes(uint8_t *bytes, uint32_t n)
{
    const int32_t kind = random_integer(0, 4);
    const uint8_t one = (uint8_t)random_word();
    for (uint32_t i = 0u; i < n; ++i) {
        const uint8_t extreme = random_word() & 1024u ? 0x80u : 0x7Fu;
        bytes[i] = kind == 0 ? one : (kind == 1 ? extreme : (uint8_t)(random_word() >> 16));
    }
}

/* Exceptions of a channel, as brn_channel_scales has them: one or two sums near a given one, whose results lie in lo .. hi. Returns where those of the next one go. */
static int32_t *random_exceptions(int32_t *exceptions, int32_t near, int32_t lo, int32_t hi)
{
    const int32_t count = random_integer(1, 2);
    *exceptions++ = count;
    for (int32_t e = 0; e < count; ++e) {
        *exceptions++ = near + 3 * e + random_integer(-1, 1);
        *exceptions++ = random_integer(lo, hi);
    }
    return exceptions;
}

/* Exceptions as brn_lane_scales has them, of some of `channels` channels, of sums near the first ones; the last one is INT32_MAX. Returns how many numbers there are in front of it. */
static int32_t random_replaced(int32_t *exceptions, const int32_t *bias, int32_t channels)
{
    int32_t n = 0;
    const int32_t rarely = random_integer(1, 12);
    for (int32_t j = 0; j < channels; ++j) {
        for (int32_t count = random_integer(-rarely, 2); count > 0; --count) {
            exceptions[n++] = j;
            exceptions[n++] = bias[j] + 3 * count + random_integer(-4, -2);
            exceptions[n++] = bias[j] + random_integer(-100000, 100000);
        }
    }
    exceptions[n] = INT32_MAX;
    return n;
}
