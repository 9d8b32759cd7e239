/* brn_pool_add_row_@t@ with a lane for each channel. */
static void brn_@NAME@(const @t.c@ *x, uint32_t in_w, uint32_t c, uint32_t row, int32_t *sums)
{
    size_t vl;
    for (uint32_t j = 0u; j < c; j += (uint32_t)vl) {
        vl = __riscv_vsetvl_e32m8(c - j);
        const @t.c@ *at = x + j;
        vint32m8_t sum = __riscv_vmv_v_x_i32m8(0, vl);
        if (row != 0u) {
            sum = __riscv_vle32_v_i32m8(sums + j, vl);
        }
        for (uint32_t t = 0u; t < in_w; ++t, at += c) {
            sum = __riscv_vwadd_wv_i32m8(sum, brn_halves_@t@(at, vl), vl);
        }
        __riscv_vse32_v_i32m8(sums + j, sum, vl);
    }
}
