include "ir/nn/NnBase.td"

def Nn_DynamicQuantizeOp : Nn_Op<"dynamic_quantize"> {
  let summary = "y = saturate(round_half_even(x / scale) + zero), scale and zero given at run time";
  let description = [{
    `scale` (f32, f16 or bf16) and `zero` (element type of `y`) have one element, or one per index of `axis`;
    no `zero` is 0. Integers of 2, 4, 8 and 16 bits, and i32.
    Source: ONNX QuantizeLinear-10..25 whose scale isn't constant.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$scale, Optional<Nn_Tensor>:$zero, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $scale (`,` $zero^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
