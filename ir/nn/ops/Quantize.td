include "ir/nn/NnBase.td"

def Nn_QuantizeOp : Nn_Op<"quantize", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "y = saturate(round_half_even(x / scale) + zero)";
  let description = [{
    Per tensor or per axis, by the result's `!quant.uniform` type of i8, u8, i16, u16 or i32 storage; saturates to the
    type's storage range. x is f32, f16 or bf16; the quotient rounds in f32. NaN gives the zero point. Source: ONNX
    QuantizeLinear-10..25.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
