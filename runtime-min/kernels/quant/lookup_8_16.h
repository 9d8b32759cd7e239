/* y[i] = table[x[i]], i < n: any function of 8 bits to 16 bits, the table indexed by the input's bits. Source: unary ONNX operators between DequantizeLinear and QuantizeLinear, with the table filled from their formula. */
static void brn_lookup_8_16(const uint8_t *x, const uint16_t *table, uint16_t *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        y[i] = table[x[i]];
    }
}
