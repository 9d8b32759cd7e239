#include "conv/channel_scales.h"
#include "conv/clamp_pixels_@y@.h"
#include "conv/clamps_@y@.h"
#include "conv/store_exceptions_@y@.h"
#include "packed/noinline.h"
#include "quant/clamp_32.h"

/* Four channels after four of one pixel of brn_tap_channels_@a@_@y@, until a group is special: it has exceptions, or all are. Then, and in compilers that have no such assembly, its sums are stored for the caller, who makes the results. In the frame: 0 taps, 1 where the group's first channel is from a tap on, 2 pairs of taps, 3 weights, 4 table, 5 y, 6 offset, 7 the last such place, 8 bit 31: all are special, 9 to 12 the sums. 1, 3, 4 and 5 move on. */
static void brn_tap_groups_@a@_@y@(uint32_t *frame)
{
#if defined(__GNUC__)
    register uint32_t *from __asm__("r0") = frame;
    __asm__ volatile(
        "push {r0, r4-r11}\n\t"
        "1: ldm r0, {r1-r5}\n\t" /* a group begins with its first sums */
        "ldr r8, [r5]\n\t"
        "ldr r9, [r5, #8]\n\t"
        "ldr r10, [r5, #16]\n\t"
        "ldr r11, [r5, #24]\n\t"
        "2: ldrd r5, r6, [r1], #8\n\t"
        "ldr r5, [r5, r2]\n\t"
        "ldr r6, [r6, r2]\n\t"
        "ldrd r12, lr, [r4], #8\n\t"
        "pkhbt r7, r5, r6, lsl #16\n\t"
        "pkhtb r6, r6, r5, asr #16\n\t"
        "@EXTEND@ r5, r7\n\t"
        "sxtb16 r0, r12\n\t"
        "smlad r8, r5, r0, r8\n\t"
        "@EXTEND@ r5, r7, ror #8\n\t"
        "sxtb16 r0, r12, ror #8\n\t"
        "smlad r9, r5, r0, r9\n\t"
        "@EXTEND@ r5, r6\n\t"
        "sxtb16 r0, lr\n\t"
        "smlad r10, r5, r0, r10\n\t"
        "@EXTEND@ r5, r6, ror #8\n\t"
        "sxtb16 r0, lr, ror #8\n\t"
        "smlad r11, r5, r0, r11\n\t"
        "subs r3, r3, #1\n\t"
        "bne 2b\n\t"
        "ldr r0, [sp]\n\t"
        "str r4, [r0, #12]\n\t"
        "ldrd r1, r4, [r0, #16]\n\t"
        "ldr r3, [r1, #4]\n\t"
        "ldr r5, [r1, #12]\n\t"
        "ldr r6, [r1, #20]\n\t"
        "ldr r7, [r1, #28]\n\t"
        "ldr r12, [r0, #32]\n\t"
        "orr lr, r3, r5\n\t"
        "orr r12, r12, r6\n\t"
        "orr lr, lr, r7\n\t"
        "orrs r12, r12, lr\n\t"
        "bmi 3f\n\t"
        "ldr r12, [r0, #24]\n\t"
        "smmla r8, r8, r3, r12\n\t"
        "smmla r9, r9, r5, r12\n\t"
        "smmla r10, r10, r6, r12\n\t"
        "smmla r11, r11, r7, r12\n\t"
        "@SATURATE@ r8, #8, r8, asr #2\n\t"
        "@SATURATE@ r9, #8, r9, asr #2\n\t"
        "@SATURATE@ r10, #8, r10, asr #2\n\t"
        "@SATURATE@ r11, #8, r11, asr #2\n\t"
        "strb r8, [r4], #1\n\t"
        "strb r9, [r4], #1\n\t"
        "strb r10, [r4], #1\n\t"
        "strb r11, [r4], #1\n\t"
        "adds r1, r1, #32\n\t"
        "strd r1, r4, [r0, #16]\n\t"
        "adds r2, r2, #4\n\t"
        "str r2, [r0, #4]\n\t"
        "ldr r3, [r0, #28]\n\t"
        "cmp r2, r3\n\t"
        "ble 1b\n\t"
        "b 4f\n\t"
        "3: add r0, r0, #36\n\t"
        "stm r0, {r8-r11}\n\t"
        "4: pop {r0, r4-r11}\n\t"
        : "+r"(from)
        :
        : "r1", "r2", "r3", "r12", "lr", "cc", "memory");
#else
    const @a.c@ *const *taps = (const @a.c@ *const *)frame[0];
    const int32_t *const entry = (const int32_t *)frame[4];
    const uint32_t *w = (const uint32_t *)frame[3];
    for (uint32_t i = 0u; i < 4u; ++i) {
        frame[9u + i] = (uint32_t)entry[2u * i];
    }
    for (uint32_t t = 0u; t < 2u * frame[2]; ++t) {
        const @a.c@ *const x = taps[t] + frame[1];
        for (uint32_t i = 0u; i < 4u; ++i) {
            const uint32_t byte = w[(t & ~1u) + i / 2u] >> (16u * (t & 1u) + 8u * (i & 1u)) & 0xFFu;
            frame[9u + i] += (uint32_t)(x[i] * ((int32_t)(byte ^ 0x80u) - 128));
        }
    }
    frame[3] = (uint32_t)(w + 2u * frame[2]);
#endif
}

/* All channels, at least 4, of one pixel of a depthwise convolution, as brn_depthwise_pairs_@a@_@y@ has them: taps, moved on by some elements, are those of its window, 2 * pairs of them; pairs isn't 0. Of pair p of the taps, bytes 0, 1 of word 2 * p of w are the weights of the first tap for channels 0, 1, bytes 2, 3 those of the second; word 2 * p + 1 has channels 2, 3. Results that are a sum's upper half divided by 4 are made in assembly. */
static BRN_NOINLINE void brn_@NAME@(const @a.c@ *const *taps, uint32_t moved, uint32_t pairs, const uint32_t *w, const brn_channel_scales *s, @y.c@ *y)
{
    const int32_t last = (int32_t)s->out_c - 4;
    const int32_t *next = s->exceptions;
    uint32_t frame[13];
    frame[0] = (uint32_t)taps;
    frame[2] = pairs;
    frame[3] = (uint32_t)w;
    frame[6] = (uint32_t)s->offset;
    frame[7] = moved + (uint32_t)last;
    for (uint32_t j = 0u; j < s->out_c;) {
        const uint32_t first = (int32_t)j <= last ? j : (uint32_t)last;
        frame[1] = moved + first;
        frame[4] = (uint32_t)(s->table + 2u * first);
        frame[5] = (uint32_t)(y + first);
        frame[8] = s->shift != 2u || first != j ? 0x80000000u : 0u;
        brn_tap_groups_@a@_@y@(frame);
        const uint32_t at = frame[1] - moved;
        j = at > j ? at : j;
        if ((int32_t)at > last) {
            continue;
        }
        for (; j < at + 4u; ++j) { /* those that the four before have made stay */
            const int32_t mult = s->table[2u * j + 1u];
            const uint32_t *const sum = frame + 9u + (j - at);
            const int32_t scaled = brn_scale_high(*sum, mult & INT32_MAX, s->offset, s->shift);
            y[j] = (@y.c@)brn_clamp_32(scaled, s->lo, s->hi);
            if (mult < 0) {
                next = brn_store_exceptions_@y@(sum, 1u, next, y + j, 1u);
            }
        }
    }
    if (brn_clamps_@y@(s)) {
        brn_clamp_pixels_@y@(y, 1u, s->out_c, 0u, s->lo, s->hi);
    }
}
