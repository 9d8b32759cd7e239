/* Reads images of 64 bytes (brightness 0 to 16, row by row) from standard input and writes one digit a line: the few lines
 * that a firmware would have around the library. DIR holds what `burin compile --name digits` wrote:
 *   cc -O2 -I DIR classify.c DIR/digits.c DIR/digits_weights.c -lm -o classify
 */
#include "digits.h"

#include <stdio.h>

/* All the memory that the network needs. It could be on the stack, or shared with another model. */
static digits_arena arena;

/* The digit, or -1 if the library refused. */
static int classify(const unsigned char pixels[DIGITS_IN_IMAGE_LEN])
{
    float *image = digits_in_image(&arena);
    const float *logits = digits_out_logits(&arena);
    uint32_t i, best = 0u;

    for (i = 0u; i < DIGITS_IN_IMAGE_LEN; ++i) {
        image[i] = (float)pixels[i] / 16.0f;
    }
    if (digits_run(&arena) != DIGITS_OK) {
        return -1;
    }
    for (i = 1u; i < DIGITS_OUT_LOGITS_LEN; ++i) {
        if (logits[i] > logits[best]) {
            best = i;
        }
    }
    return (int)best;
}

int main(void)
{
    unsigned char pixels[DIGITS_IN_IMAGE_LEN];

    while (fread(pixels, 1, sizeof pixels, stdin) == sizeof pixels) {
        const int digit = classify(pixels);
        if (digit < 0) {
            return 1;
        }
        printf("%d\n", digit);
    }
    return 0;
}
