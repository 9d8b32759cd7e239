include "ir/nn/NnBase.td"

def Nn_TruePositionsOp : Nn_Op<"true_positions"> {
  let summary = "The positions of the true elements, ascending";
  let description = [{
    x (bool) [N], y (i64) [K]: the K positions i with x[i]. K <= N is known at run time (`nn.count`), or from a constant x.
    Source: ONNX NonZero-13, Compress-11.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
