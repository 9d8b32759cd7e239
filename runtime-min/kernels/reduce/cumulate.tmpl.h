/* y[i * step] = @WORD@ of x[j * step] over j <= i, i < n; over j < i if exclusive isn't 0; from the far end (j >= i, j > i) if reverse isn't 0. @NOTE@ y may equal x. Source: ONNX @ONNX@. */
static void brn_@NAME@(const @t.c@ *x, uint32_t step, @t.c@ *y, uint32_t n, uint32_t exclusive, uint32_t reverse)
{
    @ACC@ acc = @FIRST@;
    for (uint32_t i = 0u; i < n; ++i) {
        const size_t at = (size_t)(reverse != 0u ? n - 1u - i : i) * step;
        const @ACC@ next = acc @OP@ (@ACC@)x[at];
        y[at] = (@t.c@)(exclusive != 0u ? acc : next);
        acc = next;
    }
}
