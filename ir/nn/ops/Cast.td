def Nn_CastOp : Nn_Op<"cast"> {
  let summary = "Element type conversion";
  let description = [{
    Float to integer truncates and saturates (NaN gives 0); integer to integer wraps; to bool is `x != 0`.
    Source: ONNX Cast-1..25.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
