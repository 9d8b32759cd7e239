include "ir/nn/NnBase.td"

def Nn_DetOp : Nn_InferredOp<"det"> {
  let summary = "Determinants of square matrices";
  let description = [{
    x [B..., M, M] of floats (f16 and bf16 in f32), y [B...]. Elimination with partial pivoting in a copy.
    Source: ONNX Det-11..22.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}
