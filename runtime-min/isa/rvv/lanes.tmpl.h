#include "conv/lane_scales.h"

/* All channels of tiles times @COUNT@, as many at a time as the vectors have lanes. */
static void brn_@NAME@(uint32_t tiles, const @a.c@ *const *x, uint32_t runs, size_t at, uint32_t run, uint32_t x_step, const int8_t *w, uint32_t lanes, const brn_lane_scales *s, @y.c@ *y, uint32_t y_step)
{
    size_t vl;
    @if SHARED@
    (void)run;
    @end@
    for (; tiles != 0u; --tiles, at += @SIZE@u * x_step, y += @SIZE@u * y_step) {
        const int32_t *e = s->exceptions;
        for (uint32_t o = 0u; o < lanes; o += (uint32_t)vl) {
            vl = __riscv_vsetvl_e32m@L@(lanes - o);
            const int8_t *v = w + o;
            vint32m@L@_t acc0 = __riscv_vle32_v_i32m@L@(s->bias + o, vl);
            @for p SIZE - 1@
            vint32m@L@_t acc@(p + 1)@ = acc0;
            @end@
            for (uint32_t k = 0u; k < runs; ++k) {
                v = brn_@COLUMNS@_columns@SIZE@_@a@(x[k] + at, x_step, @RUN@v, lanes, vl,
                                                 @for p SIZE|, @&acc@p@@end@);
            }
            for (; e != NULL && e[0] < (int32_t)(o + vl); e += 3) {
                brn_replace_sums@SIZE@(vl, (uint16_t)((uint32_t)e[0] - o), e[1], e[2],
                                  @for p SIZE|, @&acc@p@@end@);
            }
            @if SIZE == 3@
            brn_three_scaled(s->mult + o, s->offset, vl, &acc0, &acc1, &acc2);
            @end@
            @if SIZE != 3@
            const vint32m@L@_t mult = __riscv_vle32_v_i32m@L@(s->mult + o, vl);
            @for p SIZE@
            acc@p@ = __riscv_vmulh_vv_i32m@L@(acc@p@, mult, vl);
            acc@p@ = __riscv_vadd_vx_i32m@L@(acc@p@, s->offset, vl);
            @end@
            @end@
            @for p SIZE@
            vint16m@W@_t half@p@ = __riscv_vnclip_wx_i16m@W@(acc@p@, s->shift, __RISCV_VXRM_RDN, vl);
            @end@
            @if UNSIGNED@
            @for p SIZE@
            const vuint16m@W@_t above@p@ =
                __riscv_vreinterpret_v_i16m@W@_u16m@W@(__riscv_vmax_vx_i16m@W@(half@p@, 0, vl));
            @end@
            @for p SIZE@
            vuint8m@B@_t y@p@ = __riscv_vnclipu_wx_u8m@B@(above@p@, 0u, __RISCV_VXRM_RDN, vl);
            @end@
            if (s->clamps) {
                @for p SIZE@
                y@p@ = __riscv_vmaxu_vx_u8m@B@(y@p@, (uint8_t)s->lo, vl);
                y@p@ = __riscv_vminu_vx_u8m@B@(y@p@, (uint8_t)s->hi, vl);
                @end@
            }
            @end@
            @if UNSIGNED == 0@
            @for p SIZE@
            vint8m@B@_t y@p@ = __riscv_vnclip_wx_i8m@B@(half@p@, 0u, __RISCV_VXRM_RDN, vl);
            @end@
            if (s->clamps) {
                @for p SIZE@
                y@p@ = __riscv_vmax_vx_i8m@B@(y@p@, (int8_t)s->lo, vl);
                y@p@ = __riscv_vmin_vx_i8m@B@(y@p@, (int8_t)s->hi, vl);
                @end@
            }
            @end@
            @y.c@ *to = y + o;
            __riscv_vse8_v_@I@8m@B@(to, y0, vl);
            @for p SIZE - 1@
            to += y_step;
            __riscv_vse8_v_@I@8m@B@(to, y@(p + 1)@, vl);
            @end@
        }
    }
}
