include "ir/nn/NnBase.td"

def Nn_InterpolateOp : Nn_InferredOp<"interpolate", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs", "rowRule"]>]> {
  let summary = "Resampling of one axis: y[i] = sum_t weight[i,t] * x[index[i,t]]";
  let description = [{
    `index` i32 [N,T] and `weight` f32 [N,T] are constants, in range by verification. Resize in every mode is one of
    these per axis (nearest is a gather). Source: ONNX Resize-10..19, Upsample-7..9.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$index, Nn_Tensor:$weight, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $index `,` $weight attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
