@INCLUDE@
/* y[i] = @FORMULA@, where v = x[i], i < n. @NOTE@
 * x and y may not overlap. Source: ONNX Cast-21. */
static void brn_@NAME@(const @from.c@ *x, @to.c@ *y, uint32_t n)
{
    for (uint32_t i = 0u; i < n; ++i) {
        const @from.c@ v = x[i];
        y[i] = @EXPR@;
    }
}
