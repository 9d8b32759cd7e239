include "ir/nn/NnBase.td"

def Nn_CastOp : Nn_Op<"cast"> {
  let summary = "Element type conversion";
  let description = [{
    Float to integer truncates and saturates (NaN gives 0); integer to integer wraps; to bool is `x != 0` (true for
    NaN); to a narrower float rounds half to even. Between all of f32, f64, bool and integers of 8 to 64 bits; f16 and
    bf16 convert by way of f32. Quantised types don't cast: quantize, dequantize, storage_cast. Source: ONNX
    Cast-1..25.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
