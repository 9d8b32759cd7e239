/* Sixteen values@if BIAS@, less 128@end@. */
static inline int8x16_t brn_values_@a@(const @a.c@ *x)
{
    return @CENTRE@vldrbq_@a@(x)@if BIAS@, vdupq_n_u8(128u)))@end@;
}

/* Those that are inside@if BIAS@, less 128@end@. Of others nothing is read. */
static inline int8x16_t brn_values_inside_@a@(const @a.c@ *x, mve_pred16_t inside)
{
    return @CENTRE@vldrbq_z_@a@(x, inside)@if BIAS@, vdupq_n_u8(128u)))@end@;
}
