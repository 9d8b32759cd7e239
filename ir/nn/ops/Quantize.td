def Nn_QuantizeOp : Nn_Op<"quantize"> {
  let summary = "y = saturate(round_half_even(x / scale) + zero)";
  let description = "Per tensor or per axis, by the result's `!quant.uniform` type. Source: ONNX QuantizeLinear-10..25.";
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
