include "ir/nn/NnBase.td"

def Nn_CompareOp : Nn_InferredOp<"compare", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "Element-wise comparison to bool with NumPy broadcasting";
  let description = [{
    a and b have one element type: any float or integer, bool for `equal`, or a per-tensor quantised type, whose order
    is that of its integers. A comparison with NaN is false. Source: ONNX Equal, Less, LessOrEqual, Greater,
    GreaterOrEqual.
  }];
  let arguments = (ins Nn_CompareKind:$kind, Nn_Tensor:$a, Nn_Tensor:$b);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $a `,` $b attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
