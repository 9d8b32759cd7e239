/* RISC-V vectors (the "V" extension 1.0, or its part Zve32x) of any length: a lane for each channel. Where an instruction is as dear for few lanes as for many, groups of registers are as large as they can be: three pixels of 32-bit sums in groups of eight registers, or six in groups of four, leave room for the weights. */
#include <riscv_vector.h>
#include <stddef.h>
#include <stdint.h>

/* to[i] = from[i], i < n. */
static inline void brn_copy_bytes(void *to, const void *from, uint32_t n)
{
    uint8_t *t = (uint8_t *)to;
    const uint8_t *f = (const uint8_t *)from;
    for (size_t vl; n != 0u; n -= (uint32_t)vl, t += vl, f += vl) {
        vl = __riscv_vsetvl_e8m8(n);
        __riscv_vse8_v_u8m8(t, __riscv_vle8_v_u8m8(f, vl), vl);
    }
}

/* The n bytes at to become the lowest byte of value. */
static inline void brn_fill_bytes(void *to, int32_t value, uint32_t n)
{
    uint8_t *t = (uint8_t *)to;
    for (size_t vl; n != 0u; n -= (uint32_t)vl, t += vl) {
        vl = __riscv_vsetvl_e8m8(n);
        __riscv_vse8_v_u8m8(t, __riscv_vmv_v_x_u8m8((uint8_t)value, vl), vl);
    }
}

/* vl values, extended to 16 bits. */
static inline vint16m4_t brn_halves_s8(const int8_t *x, size_t vl)
{
    return __riscv_vsext_vf2_i16m4(__riscv_vle8_v_i8m2(x, vl), vl);
}

/* vl values, extended to 16 bits. */
static inline vint16m4_t brn_halves_u8(const uint8_t *x, size_t vl)
{
    const vuint16m4_t wide = __riscv_vzext_vf2_u16m4(__riscv_vle8_v_u8m2(x, vl), vl);
    return __riscv_vreinterpret_v_u16m4_i16m4(wide);
}

/* The upper halves of the products of three pixels' sums with the multipliers of vl channels, plus offset. All vector registers are taken: assembly keeps the compiler from storing some of them. */
static inline void brn_three_scaled(const int32_t *mult, int32_t offset, size_t vl, vint32m8_t *one, vint32m8_t *two, vint32m8_t *three)
{
    vint32m8_t acc0 = *one;
    vint32m8_t acc1 = *two;
    vint32m8_t acc2 = *three;
#if defined(__GNUC__) && defined(__OPTIMIZE__)
    vint32m8_t factors;
    __asm__ volatile("vsetvli zero, %[vl], e32, m8, ta, ma\n\t"
                     "vle32.v %[factors], (%[mult])\n\t"
                     "vmulh.vv %[acc0], %[acc0], %[factors]\n\t"
                     "vmulh.vv %[acc1], %[acc1], %[factors]\n\t"
                     "vmulh.vv %[acc2], %[acc2], %[factors]\n\t"
                     "vadd.vx %[acc0], %[acc0], %[offset]\n\t"
                     "vadd.vx %[acc1], %[acc1], %[offset]\n\t"
                     "vadd.vx %[acc2], %[acc2], %[offset]"
                     : [acc0] "+&vr"(acc0), [acc1] "+&vr"(acc1), [acc2] "+&vr"(acc2),
                       [factors] "=&vr"(factors)
                     : [vl] "r"(vl), [mult] "r"(mult), [offset] "r"((ptrdiff_t)offset)
                     : "vl", "vtype", "memory");
#else
    const vint32m8_t factors = __riscv_vle32_v_i32m8(mult, vl);
    acc0 = __riscv_vadd_vx_i32m8(__riscv_vmulh_vv_i32m8(acc0, factors, vl), offset, vl);
    acc1 = __riscv_vadd_vx_i32m8(__riscv_vmulh_vv_i32m8(acc1, factors, vl), offset, vl);
    acc2 = __riscv_vadd_vx_i32m8(__riscv_vmulh_vv_i32m8(acc2, factors, vl), offset, vl);
#endif
    *one = acc0;
    *two = acc1;
    *three = acc2;
}

/* Adds to sums, a lane for each channel, x_zero times the weights of taps in the padding, at least one. Returns where those of the next tap are. */
static inline const int8_t *brn_padding_taps(const int8_t *w, size_t w_step, uint32_t taps, int32_t x_zero, size_t vl, vint32m8_t *sums)
{
    do {
        *sums = __riscv_vwmacc_vx_i32m8(*sums, (int16_t)x_zero, brn_halves_s8(w, vl), vl);
        w += w_step;
    } while (--taps != 0u);
    return w;
}

/* vl values, step elements apart, extended to 32 bits. */
static inline vint32m8_t brn_words_s8(const int8_t *x, uint32_t step, size_t vl)
{
    if (step == 1u) {
        return __riscv_vsext_vf4_i32m8(__riscv_vle8_v_i8m2(x, vl), vl);
    }
    return __riscv_vsext_vf4_i32m8(__riscv_vlse8_v_i8m2(x, (ptrdiff_t)step, vl), vl);
}

/* vl values, step elements apart, extended to 32 bits. */
static inline vint32m8_t brn_words_u8(const uint8_t *x, uint32_t step, size_t vl)
{
    vuint8m2_t bytes;
    if (step == 1u) {
        bytes = __riscv_vle8_v_u8m2(x, vl);
    } else {
        bytes = __riscv_vlse8_v_u8m2(x, (ptrdiff_t)step, vl);
    }
    return __riscv_vreinterpret_v_u32m8_i32m8(__riscv_vzext_vf4_u32m8(bytes, vl));
}

/* Values brought into lo .. hi, which int8_t holds. */
static inline vint8m2_t brn_clamped_s8(vint16m4_t v, int32_t lo, int32_t hi, size_t vl)
{
    v = __riscv_vmin_vx_i16m4(__riscv_vmax_vx_i16m4(v, (int16_t)lo, vl), (int16_t)hi, vl);
    return __riscv_vncvt_x_x_w_i8m2(v, vl);
}

/* Values brought into lo .. hi, which uint8_t holds. */
static inline vuint8m2_t brn_clamped_u8(vint16m4_t v, int32_t lo, int32_t hi, size_t vl)
{
    v = __riscv_vmin_vx_i16m4(__riscv_vmax_vx_i16m4(v, (int16_t)lo, vl), (int16_t)hi, vl);
    return __riscv_vncvt_x_x_w_u8m2(__riscv_vreinterpret_v_i16m4_u16m4(v), vl);
}
