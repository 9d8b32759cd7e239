/* Armv8.1-M with Helium, the M-profile vector extension (Cortex-M55, M85): sixteen products of bytes an instruction. The
 * loops over depth and taps need all registers, more than compilers manage to leave them: they are assembly, whose twin in
 * intrinsics is for other compilers, for builds that don't optimise, and for scales that the assembly isn't made for. */
#include "conv/dot_scales.h"
#include <arm_mve.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The results of four sums by their multipliers, as 32-bit integers; exceptions aren't looked for. */
static inline int32x4_t brn_dot_results(int32x4_t sums, const uint32_t *multipliers, const brn_dot_scales *s)
{
    const int32x4_t product = vmulhq_s32(sums, vldrwq_s32((const int32_t *)multipliers));
    const int32x4_t v = vshlq_r_s32(vaddq_n_s32(product, s->offset), -(int32_t)s->shift);
    return vminq_s32(vmaxq_s32(v, vdupq_n_s32(s->lo)), vdupq_n_s32(s->hi));
}

/* The results of the four sums of a block, whose entry is that of brn_dot_result, as 32-bit integers. */
static inline int32x4_t brn_dot_block_results(int32x4_t sums, const uint32_t *entry, const brn_dot_scales *s)
{
    const int32_t *exceptions = (const int32_t *)entry + 9;
    int32x4_t results = brn_dot_results(sums, entry + 4, s);
    for (uint32_t n = entry[8] & 0xFFu; n != 0u; --n, exceptions += 8) {
        int32x4_t v = vaddq_n_s32(vldrwq_s32(exceptions + 4), s->offset);
        v = vshlq_r_s32(v, -(int32_t)s->shift);
        results = vpselq_s32(v, results, vcmpeqq_s32(sums, vldrwq_s32(exceptions)));
    }
    return results;
}
