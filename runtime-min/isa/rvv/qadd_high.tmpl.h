/* brn_qadd_high_@t@ in lanes. */
static void brn_@NAME@(const @t.c@ *a, uint32_t a_step, const @t.c@ *b, uint32_t b_step, @t.c@ *y, uint32_t n, int32_t a_mult, int32_t b_mult, int32_t offset, uint32_t shift, int32_t lo, int32_t hi)
{
    size_t vl;
    for (; n != 0u; n -= (uint32_t)vl, a += a_step * vl, b += b_step * vl, y += vl) {
        vl = __riscv_vsetvl_e32m8(n);
        vint32m8_t u = __riscv_vsll_vx_i32m8(brn_words_@t@(a, a_step, vl), 23u, vl);
        vint32m8_t v = __riscv_vsll_vx_i32m8(brn_words_@t@(b, b_step, vl), 23u, vl);
        u = __riscv_vmulh_vx_i32m8(u, a_mult, vl);
        v = __riscv_vmulh_vx_i32m8(v, b_mult, vl);
        u = __riscv_vadd_vx_i32m8(__riscv_vadd_vv_i32m8(u, v, vl), offset, vl);
        const vint16m4_t half = __riscv_vnclip_wx_i16m4(u, shift, __RISCV_VXRM_RDN, vl);
        __riscv_vse8_v_@I@8m2(y, brn_clamped_@t@(half, lo, hi, vl), vl);
    }
}
