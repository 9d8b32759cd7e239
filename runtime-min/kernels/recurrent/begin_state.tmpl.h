/* The state before the first step: h[i] = h0[i], i < n; 0 where h0 is NULL. h may equal h0. Source: ONNX RNN-22, GRU-22, LSTM-22. */
static void brn_@NAME@(const @t.c@ *h0, @t.c@ *h, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        h[i] = h0 != NULL ? h0[i] : 0.0@t.f@;
    }
}
