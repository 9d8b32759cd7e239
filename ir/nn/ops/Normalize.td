include "ir/nn/NnBase.td"

def Nn_NormalizeOp : Nn_InferredOp<"normalize", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "rowRule"]>]> {
  let summary = "Normalisation over the trailing axes from `axis` on";
  let description = [{
    layer_norm: (x - mean) / sqrt(var + epsilon) * scale + bias; rms_norm: x / sqrt(mean(x^2) + epsilon) * scale.
    mean, var and the mean of squares are over the trailing axes, of which scale and bias have the shape and x's type,
    or are absent (rms_norm has no bias). f32, f64; f16 and bf16 in f32. Source: ONNX LayerNormalization-17,
    RMSNormalization-23; InstanceNormalization and GroupNormalization decompose to it.
  }];
  let arguments = (ins Nn_NormKind:$kind, Nn_Tensor:$x, Optional<Nn_Tensor>:$scale, Optional<Nn_Tensor>:$bias,
                       I64Attr:$axis, F64Attr:$epsilon);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
