include "ir/nn/NnBase.td"

def Nn_DequantizeOp : Nn_Op<"dequantize", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "y = (x - zero) * scale";
  let description = [{
    Per tensor or per axis, by the operand's `!quant.uniform` type of i8, u8, i16, u16 or i32 storage (i32: a bias). The
    difference is exact, the product rounds in f32; y is f32, or f16 or bf16 rounded from it.
    Source: ONNX DequantizeLinear-10..25.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
