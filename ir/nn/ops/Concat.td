include "ir/nn/NnBase.td"

def Nn_ConcatOp : Nn_InferredOp<"concat", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "Concatenation along an axis";
  let description = [{
    xs [..., Ni, ...], y [..., sum Ni, ...]; all of one element type. A quantised axis of a per-axis type can't be
    joined. Source: ONNX Concat-1..13.
  }];
  let arguments = (ins Variadic<Nn_Tensor>:$xs, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$xs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
