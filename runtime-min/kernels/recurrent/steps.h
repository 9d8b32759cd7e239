/* How many of `steps` steps a sequence of the given length has: clamped to [0, steps]; all, if no length is given. */
static uint32_t brn_steps(const int32_t *length, uint32_t steps)
{
    if (length == NULL) {
        return steps;
    }
    return *length <= 0 ? 0u : ((uint32_t)*length < steps ? (uint32_t)*length : steps);
}
