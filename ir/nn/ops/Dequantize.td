def Nn_DequantizeOp : Nn_Op<"dequantize"> {
  let summary = "y = (x - zero) * scale";
  let description = "Per tensor or per axis, by the operand's `!quant.uniform` type. Source: ONNX DequantizeLinear-10..25.";
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
