include "ir/nn/NnBase.td"

def Nn_ArgReduceOp : Nn_InferredOp<"arg_reduce"> {
  let summary = "Index of the extreme along an axis, as i64; the axis keeps length 1";
  let description = [{
    x [..., N, ...], y i64 [..., 1, ...]: the first i with the extreme x[..., i, ...], the last with `select_last`. N
    >= 1. Floats, integers of 8 to 64 bits, per-tensor quantised types (whose order is that of their integers); else
    BRN1204. Source: ONNX ArgMax-1..13, ArgMin-1..13.
  }];
  let arguments = (ins Nn_ArgKind:$kind, Nn_Tensor:$x, I64Attr:$axis, UnitAttr:$select_last);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
