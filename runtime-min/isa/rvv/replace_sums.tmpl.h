#include "conv/always_inline.h"

/* Of @COUNT@: the sum of one lane becomes another one where it is the given sum. */
static BRN_ALWAYS_INLINE void brn_@NAME@(size_t vl, uint16_t lane, int32_t sum, int32_t other@for p SIZE@, vint32m@L@_t *sums@p@@end@)
{
    vbool@W@_t found = __riscv_vmseq_vx_i32m@L@_b@W@(*sums0, sum, vl);
    @for p SIZE - 1@
    found = __riscv_vmor_mm_b@W@(found, __riscv_vmseq_vx_i32m@L@_b@W@(*sums@(p + 1)@, sum, vl), vl);
    @end@
    if (__riscv_vfirst_m_b@W@(found, vl) >= 0) { /* seldom; other lanes may have the same sum */
        const vuint16m@H@_t lanes = __riscv_vid_v_u16m@H@(vl);
        const vbool@W@_t here = __riscv_vmseq_vx_u16m@H@_b@W@(lanes, lane, vl);
        @for p SIZE@
        found = __riscv_vmseq_vx_i32m@L@_b@W@_mu(here, here, *sums@p@, sum, vl);
        *sums@p@ = __riscv_vmerge_vxm_i32m@L@(*sums@p@, other, found, vl);
        @end@
    }
}
