/* Packed weights of @w.bits@ bits. Outputs come in blocks of four, the last one of what is left: the lanes. A block holds, step by step, the weights of its lanes, four to an element from the lowest bits on, each as u = w + @ZERO@: weight j of step d is number d * lanes + j of its block. This is u of number i. */
static uint32_t brn_@NAME@(const @w.c@ *block, uint32_t i)
{
    return ((uint32_t)block[i / 4u] >> (i % 4u * @w.bits@u)) & @U_MAX@u;
}
