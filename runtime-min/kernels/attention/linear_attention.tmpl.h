/* One key head of linear attention, a recurrence over steps on its state S [dk,dv]: at each step t, in this order
 *   S[i,j] *= decay[t,i]
 *   S[i,j] += k[t,i] * beta[t] * (v[t,j] - delta * sum over i of S[i,j] k[t,i])
 *   y[t,h,j] = scale * sum over i of q[t,h,i] S[i,j]
 * where the inner sum is taken before S changes, and h < group are the query heads that share the key head. q [steps][group][dk], k [steps][dk], v [steps][dv], y [steps][group][dv], with *_step elements from step to step; decay_dim_step is 0 for one decay per head. Nothing may overlap. Source: ONNX LinearAttention-27, whose decay is exp of its input. */
static void brn_@NAME@(const @t.c@ *q, uint32_t q_step, const @t.c@ *k, uint32_t k_step, const @t.c@ *v, uint32_t v_step, const @t.c@ *decay, uint32_t decay_step, uint32_t decay_dim_step, const @t.c@ *beta, uint32_t beta_step, @t.c@ delta, @t.c@ scale, uint32_t steps, uint32_t group, uint32_t dk, uint32_t dv, @t.c@ *state, @t.c@ *y, uint32_t y_step)
{
    for (uint32_t t = 0u; t < steps; ++t) {
        const @t.c@ *query = q + (size_t)t * q_step;
        const @t.c@ *key = k + (size_t)t * k_step;
        const @t.c@ *factor = decay + (size_t)t * decay_step;
        for (uint32_t i = 0u; i < dk; ++i) {
            for (uint32_t j = 0u; j < dv; ++j) {
                state[(size_t)i * dv + j] *= factor[(size_t)i * decay_dim_step];
            }
        }
        for (uint32_t j = 0u; j < dv; ++j) {
            @t.c@ recalled = 0.0@t.f@;
            for (uint32_t i = 0u; i < dk; ++i) {
                recalled += state[(size_t)i * dv + j] * key[i];
            }
            const @t.c@ missing = v[(size_t)t * v_step + j] - delta * recalled;
            const @t.c@ change = beta[(size_t)t * beta_step] * missing;
            for (uint32_t i = 0u; i < dk; ++i) {
                state[(size_t)i * dv + j] += key[i] * change;
            }
            for (uint32_t h = 0u; h < group; ++h) {
                @t.c@ sum = 0.0@t.f@;
                for (uint32_t i = 0u; i < dk; ++i) {
                    sum += query[(size_t)h * dk + i] * state[(size_t)i * dv + j];
                }
                y[(size_t)t * y_step + (size_t)h * dv + j] = scale * sum;
            }
        }
    }
}
