@INCLUDE@#include "tree/tree_leaf_@t@_@i@.h"

/* An ensemble of decision trees on one row x:
 *   y[k] = @FORMULA@ of the weights for target k in the leaves that x reaches
 * for k < targets; @EMPTY@ where no such leaf has one. Tree j < trees starts at node roots[j]; the nodes are those of brn_tree_leaf_@t@_@i@. A leaf of test 16 or 17 has the weight value[i] for target feature[i], and with 17 node i + 1 is a further entry of it; a leaf of test 18 has none. NaN weights are @NAN@. y may not overlap x. Source: ONNX ai.onnx.ml TreeEnsemble-5, TreeEnsembleRegressor-3. */
static void brn_@NAME@(const @t.c@ *x, const uint32_t *roots, uint32_t trees, const uint8_t *test, const @i.c@ *feature, const @i.c@ *jump, const @t.c@ *value, @t.c@ *y, uint32_t targets)
{
    for (uint32_t k = 0u; k < targets; ++k) {
        y[k] = @INIT@;
    }
    for (uint32_t j = 0u; j < trees; ++j) {
        uint32_t i = brn_tree_leaf_@t@_@i@(x, test, feature, jump, value, roots[j]);
        uint32_t more = test[i] < 18u ? 1u : 0u;
        for (; more != 0u; ++i) {
            @t.c@ *const out = y + feature[i];
            const @t.c@ w = value[i];
            *out = @EXPR@;
            more = test[i] == 17u ? 1u : 0u;
        }
    }
}
