include "ir/nn/NnBase.td"

def Nn_TransposeOp : Nn_InferredOp<"transpose", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "y axis i is x axis perm[i]";
  let description = "Source: ONNX Transpose-1..25.";
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$perm);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
