def Nn_ClampOp : Nn_InferredOp<"clamp", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "isView"]>]> {
  let summary = "y = min(max(x, lo), hi) on floats or quantised tensors, bounds in real numbers";
  let description = [{
    NaN passes. Quantised: bounds are quantised with the result's scale. Infinite bounds don't bind.
    Source: ONNX Relu, Clip-1..13 with constant bounds.
  }];
  let arguments = (ins Nn_Tensor:$x, F64Attr:$lo, F64Attr:$hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}
