include "ir/nn/NnBase.td"

def Nn_ClampOp : Nn_InferredOp<"clamp", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "isView", "rowRule"]>]> {
  let summary = "y = min(max(x, lo), hi) on floats or quantised tensors, bounds in real numbers";
  let description = [{
    NaN passes; bounds may be infinite, not NaN; if they cross, everything becomes hi. f16 and bf16 are computed in
    f32. Quantised per tensor with 8 or 16 bits: Q(clamp(DQ(x))), for 8-bit x a table; x and y may have different
    scales and storage, so that a clamp without bounds requantises. Source: ONNX Relu-1..14, Clip-1..13 with constant bounds.
  }];
  let arguments = (ins Nn_Tensor:$x, F64Attr:$lo, F64Attr:$hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}
