include "ir/nn/NnBase.td"

def Nn_LrnOp : Nn_InferredOp<"lrn"> {
  let summary = "Local response normalisation across the last axis";
  let description = [{
    y[c] = x[c] / (bias + alpha/size * sum_{c-floor((size-1)/2) <= i <= c+ceil((size-1)/2)} x[i]^2)^beta.
    x [..., C] of floats (f16 and bf16 in f32), size >= 1. Source: ONNX LRN-1..13.
  }];
  let arguments = (ins Nn_Tensor:$x, I64Attr:$size, F64Attr:$alpha, F64Attr:$beta, F64Attr:$bias);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}
