#include "conv/dots_pixels_@y@.h"

/* brn_conv_dots_s8_@y@ where windows are contiguous as they are: kh is 1, kw is 1 or in_step is in_c and dilation 1, and no window has taps outside the image. Source: ONNX QLinearConv-10. */
static void brn_@NAME@(const int8_t *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, const uint32_t *w, int32_t offset, uint32_t shift, int32_t lo, int32_t hi, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_dot_scales scales = {offset, shift, lo, hi, out_c};
    (void)kh;
    (void)in_w;
    (void)dilation;
    brn_dots_pixels_@y@(rows[0] - pad * (int32_t)in_step, stride * in_step, out_w, kw * in_c, w,
                       &scales, y, out_step);
}
