include "ir/nn/NnBase.td"

def Nn_CastOp : Nn_Op<"cast", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "Element type conversion";
  let description = [{
    Float to integer truncates and saturates (NaN gives 0); integer to integer wraps; to bool is `x != 0` (true for
    NaN); to a narrower float rounds half to even. To 2 and 4 bits floats wrap, too, as an i32 would. Between all of
    f32, f64, bool and integers of 2 to 64 bits; floats of 16 bits and less convert by way of f32.

    Beyond the largest value, floats of 8 and 4 bits saturate; with `overflow` (8 bits only) they become Inf or NaN.
    To f8E8M0FNU, the powers of two, `round` is "up", "down" or "nearest" (ties up), of the value without its sign;
    below 2^-127 it is that power, or NaN with `overflow`.

    Quantised types don't cast: quantize, dequantize, storage_cast. Source: ONNX Cast-1..25.
  }];
  let arguments = (ins Nn_Tensor:$x, UnitAttr:$overflow, DefaultValuedOptionalStrAttr<StrAttr, "up">:$round);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
