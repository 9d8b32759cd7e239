def Nn_PadOp : Nn_InferredOp<"pad"> {
  let summary = "Padding by lo[i] before and hi[i] after on axis i (negative: cropping)";
  let description = [{
    `value` is one element of x's type for mode constant (absent: zero; quantised: the zero point).
    Source: ONNX Pad-1..25, CenterCropPad-18.
  }];
  let arguments = (ins Nn_Tensor:$x, Optional<Nn_Tensor>:$value, Nn_PadMode:$mode,
                       DenseI64ArrayAttr:$lo, DenseI64ArrayAttr:$hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$mode operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
