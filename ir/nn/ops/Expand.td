include "ir/nn/NnBase.td"

def Nn_ExpandOp : Nn_Op<"expand"> {
  let summary = "NumPy broadcast to the result's shape";
  let description = "Source: ONNX Expand-8..13; Tile and ConstantOfShape decompose to it.";
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
