include "ir/nn/NnBase.td"

def Nn_SquaredDistanceOp : Nn_InferredOp<"squared_distance", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "Squared Euclidean distances between the rows of two matrices";
  let description = [{
    y[i, j] = sum_d (a[i, d] - b[j, d])^2; a [M, K], b [N, K], y [M, N] of one type, f32 or f64. The differences are
    squared as they are: no cancellation as in |a|^2 - 2 a.b + |b|^2. Source: the RBF kernel of ONNX ai.onnx.ml
    SVMClassifier-1, SVMRegressor-1; CDist of com.microsoft.
  }];
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
