#include "conv/winograd_outputs@SIZE@_@y@.h"
#include "conv/winograd_panel_@a@.h"
#include "isa.h"

/* One output row of an integer convolution, NHWC, whose rows of taps are three of stride and dilation 1: kw is 3, stride and dilation are 1. Exactly what brn_conv_pairs2_@a@_@y@ computes, by Winograd's F(4, 3): six products make four neighbouring pixels instead of twelve, tiles, @COUNT@ at a time. 24 * acc has to fit int32_t. With g the three taps of a row of the window, w holds
 *   24 G g,  24 G = (6 0 0, -4 -4 -4, -4 4 -4, 1 2 4, 1 -2 4, 0 0 24),
 * at most 24 * 128 in magnitude, in 16 bits: half h of w[(((o / @WIDE@ * 6 + e) * kh + k) * pairs + 2 * q + p) * @WIDE@ + o % @WIDE@] is element e for channels o and c = 4 * q + 2 * h + p, row k, with zeros where there is no channel; pairs = (in_c + 3) / 4 * 2. The panel has room for kh * pairs * @PANEL@ words. Source: ONNX QLinearConv-10; A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015. */
static void brn_@NAME@(const @a.c@ *const *rows, uint32_t kh, uint32_t in_w, uint32_t in_c, uint32_t in_step, uint32_t kw, uint32_t stride, int32_t pad, uint32_t dilation, int32_t x_zero, const uint32_t *w, const int32_t *table, int32_t offset, uint32_t shift, const int32_t *exceptions, int32_t lo, int32_t hi, uint32_t *panel, @y.c@ *y, uint32_t out_w, uint32_t out_c, uint32_t out_step)
{
    const brn_channel_scales scales = {table, offset, shift, exceptions, lo, hi, out_c};
    const uint32_t quads = kh * ((in_c + 3u) / 4u);
    (void)kw;
    (void)stride;
    (void)dilation;
    for (uint32_t x = 0u; x < out_w; x += @PIXELS@u) {
        const uint32_t pixels = out_w - x < @PIXELS@u ? out_w - x : @PIXELS@u;
        const uint32_t *weights = w;
        const int32_t *unusual = exceptions;
        brn_winograd_panel_@a@(rows, kh, (int32_t)x - pad, in_w, in_c, in_step, x_zero, @SIZE@u,
                              panel);
        for (uint32_t o = 0u; o < out_c; o += @WIDE@u, weights += @WORDS@u * quads) {
            const uint32_t channels = out_c - o < @WIDE@u ? out_c - o : @WIDE@u;
            uint32_t products[48];
            brn_products@SIZE@(panel, weights, quads, 6u, products);
            unusual = brn_winograd_outputs@SIZE@_@y@(products, table + 2u * o, unusual, channels, &scales,
                                                y + o, pixels, out_step);
        }
        y += (size_t)pixels * out_step;
    }
}
