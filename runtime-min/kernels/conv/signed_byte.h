/* Byte number i of the words, which begin with their lowest bits, as int8_t. */
static inline int32_t brn_signed_byte(const uint32_t *words, uint32_t i)
{
    return (int32_t)((words[i / 4u] >> 8u * (i % 4u) & 0xFFu) ^ 0x80u) - 128;
}
