#include "conv/lane_scales.h"

/* All channels of @COUNT@ of a depthwise convolution, as many at a time as the vectors have lanes. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t kw, uint32_t first, uint32_t last, size_t at, uint32_t apart, uint32_t step, int32_t x_zero, const int8_t *w, uint32_t w_step, uint32_t lanes, const brn_lane_scales *s, @y.c@ *y, uint32_t y_step)
{
    const int32_t *e = s->exceptions;
    const uint32_t inside = last - first;
    size_t vl;
    @if SIZE == 1@
    (void)apart;
    (void)y_step;
    @end@
    for (uint32_t j = 0u; j < lanes; j += (uint32_t)vl, at += vl) {
        vl = __riscv_vsetvl_e32m@L@(lanes - j);
        const int8_t *v = w + j;
        vint32m@L@_t acc0 = __riscv_vle32_v_i32m@L@(s->bias + j, vl);
        @for p SIZE - 1@
        vint32m@L@_t acc@(p + 1)@ = acc0;
        @end@
        for (const @a.c@ *const *r = rows; r != rows + kh; ++r) {
            if (*r == NULL) {
                @for p SIZE - 1@
                brn_padding_taps(v, w_step, kw, x_zero, vl, &acc@(p + 1)@);
                @end@
                v = brn_padding_taps(v, w_step, kw, x_zero, vl, &acc0);
                continue;
            }
            if (first != 0u) {
                @for p SIZE - 1@
                brn_padding_taps(v, w_step, first, x_zero, vl, &acc@(p + 1)@);
                @end@
                v = brn_padding_taps(v, w_step, first, x_zero, vl, &acc0);
            }
            if (inside != 0u) {
                @if SIZE == 1@
                v = brn_one_pixel_taps_@a@(*r + at, step, inside, v, w_step, vl, &acc0);
                @end@
                @if SIZE == 2@
                v = brn_two_pixel_taps_@a@(*r + at, apart, step, inside, v, w_step, vl, &acc0,
                                          &acc1);
                @end@
            }
            if (last != kw) {
                @for p SIZE - 1@
                brn_padding_taps(v, w_step, kw - last, x_zero, vl, &acc@(p + 1)@);
                @end@
                v = brn_padding_taps(v, w_step, kw - last, x_zero, vl, &acc0);
            }
        }
        for (; e != NULL && e[0] < (int32_t)(j + vl); e += 3) {
            brn_replace_sums@SIZE@(vl, (uint16_t)((uint32_t)e[0] - j), e[1], e[2],
                              @for p SIZE|, @&acc@p@@end@);
        }
        const vint32m@L@_t mult = __riscv_vle32_v_i32m@L@(s->mult + j, vl);
        @for p SIZE@
        acc@p@ = __riscv_vmulh_vv_i32m@L@(acc@p@, mult, vl);
        acc@p@ = __riscv_vadd_vx_i32m@L@(acc@p@, s->offset, vl);
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
        @y.c@ *to = y + j;
        __riscv_vse8_v_@I@8m@B@(to, y0, vl);
        @for p SIZE - 1@
        to += y_step;
        __riscv_vse8_v_@I@8m@B@(to, y@(p + 1)@, vl);
        @end@
    }
}
