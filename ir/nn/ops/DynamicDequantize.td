include "ir/nn/NnBase.td"

def Nn_DynamicDequantizeOp : Nn_Op<"dynamic_dequantize"> {
  let summary = "y = (x - zero) * scale, scale and zero as operands";
  let description = [{
    `scale` (f32, f16 or bf16) and `zero` (element type of `x`) have one element, or one per index of `axis`;
    no `zero` is 0. With `block` > 0 they have the shape of `x` but for `axis`, where there is one for each `block`
    indices, the last block being what is left. Integers of 2, 4, 8 and 16 bits, and i32.
    Source: ONNX DequantizeLinear-10..25 whose scale isn't constant, or which has a block_size.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$scale, Optional<Nn_Tensor>:$zero, I64Attr:$axis,
                       DefaultValuedAttr<I64Attr, "0">:$block);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $scale (`,` $zero^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
