#include <string.h>

/* A window over a sequence moves on: y is window without its first added bytes, then the added bytes of
 * rows. y may be window itself. Source: nn.shift, for networks that are computed step by step. */
static void brn_shift(const uint8_t *window, const uint8_t *rows, uint8_t *y, uint32_t kept, uint32_t added)
{
    memmove(y, window + added, kept);
    memcpy(y + kept, rows, added);
}
