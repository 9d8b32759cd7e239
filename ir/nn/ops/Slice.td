include "ir/nn/NnBase.td"

def Nn_SliceOp : Nn_InferredOp<"slice", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "y[i] = x[starts + i * steps], sizes elements an axis";
  let description = [{
    All three have one entry per axis; steps may be negative, and are ignored where size is 0 or 1. Every element is
    in range. Source: ONNX Slice-1..13, Split, Gather of one index.
  }];
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$steps, DenseI64ArrayAttr:$sizes);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
