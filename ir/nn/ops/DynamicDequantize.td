include "ir/nn/NnBase.td"

def Nn_DynamicDequantizeOp : Nn_Op<"dynamic_dequantize"> {
  let summary = "y = (x - zero) * scale, scale and zero given at run time";
  let description = [{
    `scale` (f32, f16 or bf16) and `zero` (element type of `x`) have one element, or one per index of `axis`;
    no `zero` is 0. Integers of 2, 4, 8 and 16 bits, and i32.
    Source: ONNX DequantizeLinear-10..25 whose scale isn't constant.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$scale, Optional<Nn_Tensor>:$zero, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $scale (`,` $zero^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
