include "ir/nn/NnBase.td"

def Nn_SelectOp : Nn_InferredOp<"select", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "rowRule"]>]> {
  let summary = "y = c ? a : b with NumPy broadcasting";
  let description = [{
    c is bool; a, b and y have one element type, any but a per-axis quantised one. Source: ONNX Where-9..16.
  }];
  let arguments = (ins Nn_Tensor:$c, Nn_Tensor:$a, Nn_Tensor:$b);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$c `,` $a `,` $b attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
