/* The zero points of `lanes` outputs from number o on; w_zero may be NULL for 0. Source: the zero points of ONNX Conv-22 on packed weights. */
static void brn_zeros(const int32_t *w_zero, uint32_t o, uint32_t lanes, int32_t *zero)
{
    for (uint32_t j = 0u; j < lanes; ++j) {
        zero[j] = w_zero != NULL ? w_zero[o + j] : 0;
    }
}
