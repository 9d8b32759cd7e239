#include <string.h>

/* Row `row` of y becomes the n elements of h, or 0 where h is NULL; nothing if y is NULL. Source: ONNX RNN-22, GRU-22, LSTM-22. */
static void brn_@NAME@(const @t.c@ *h, @t.c@ *y, uint32_t row, uint32_t y_step, uint32_t n)
{
    if (y == NULL || n == 0u) {
        return;
    }
    if (h != NULL) {
        memcpy(y + (size_t)row * y_step, h, n * sizeof *h);
    } else {
        memset(y + (size_t)row * y_step, 0, n * sizeof *y);
    }
}
