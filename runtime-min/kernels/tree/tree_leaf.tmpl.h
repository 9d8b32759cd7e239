/* The leaf that row x reaches from node i. A node compares v = x[feature[i]] with t = value[i]; its test is a set of outcomes (1: v < t, 2: v == t, 4: v > t, 8: one of them is NaN). If the outcome is in the set, the next node is i + 1, else i + jump[i]. A leaf has a test of 16 or more. Jumps lead forward, and the last node is a leaf, so the walk ends. */
static uint32_t brn_@NAME@(const @t.c@ *x, const uint8_t *test, const @i.c@ *feature, const @i.c@ *jump, const @t.c@ *value, uint32_t i)
{
    while (test[i] < 16u) {
        const @t.c@ v = x[feature[i]];
        const @t.c@ t = value[i];
        const uint32_t outcome = v < t ? 1u : (v > t ? 4u : (v >= t ? 2u : 8u));
        i += (test[i] & outcome) != 0u ? 1u : jump[i];
    }
    return i;
}
