include "ir/nn/NnBase.td"

def Nn_TreeEnsembleOp : Nn_InferredOp<"tree_ensemble"> {
  let summary = "Sum, minimum or maximum over decision trees of the weights in the leaves that a row reaches";
  let description = [{
    x [N, F], y [N, targets], value [M] of one type, f32 or f64. The trees lie in M nodes, described by constants: test
    [M] ui8, feature and jump [M] (both ui16 or ui32), and roots [T] ui32.

    A node i whose `test` is below 16 compares v = x[n, feature[i]] with t = value[i]; `test` is a set of outcomes (1: v
    < t, 2: v == t, 4: v > t, 8: unordered). If it has the outcome, the walk goes on at i + 1, else at i + jump[i], jump
    >= 1. Test 16: a leaf of weight value[i] for target feature[i]; 17: likewise, and i + 1 is a further entry of the
    leaf; 18: a leaf without weights. A target without a weight has y = 0 (tree_sum), infinity (tree_min) or minus
    infinity (tree_max).
    Source: ONNX ai.onnx.ml TreeEnsemble-5, TreeEnsembleClassifier-1..5, TreeEnsembleRegressor-1..5.
  }];
  let arguments = (ins Nn_TreeKind:$kind, Nn_Tensor:$x, Nn_Tensor:$roots, Nn_Tensor:$test, Nn_Tensor:$feature,
                       Nn_Tensor:$jump, Nn_Tensor:$value, I64Attr:$targets);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
