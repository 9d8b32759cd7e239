include "ir/nn/NnBase.td"

def Nn_ReshapeOp : Nn_Op<"reshape", [DeclareOpInterfaceMethods<Nn_OpInterface, ["isView"]>]> {
  let summary = "The same elements in the same order under another shape";
  let description = "Source: ONNX Reshape, Flatten, Squeeze, Unsqueeze, Identity of a view.";
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
