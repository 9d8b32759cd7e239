def Nn_ArgReduceOp : Nn_InferredOp<"arg_reduce"> {
  let summary = "Index of the extreme along an axis, as i64; the axis keeps length 1";
  let description = "The first extreme, or the last with `select_last`. Source: ONNX ArgMax, ArgMin.";
  let arguments = (ins Nn_ArgKind:$kind, Nn_Tensor:$x, I64Attr:$axis, UnitAttr:$select_last);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
