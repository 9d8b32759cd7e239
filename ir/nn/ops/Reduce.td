def Nn_ReduceOp : Nn_InferredOp<"reduce"> {
  let summary = "Reduction over axes; the reduced axes keep length 1";
  let description = "An empty reduction gives the kind's identity. Source: ONNX Reduce* of these names.";
  let arguments = (ins Nn_ReduceKind:$kind, Nn_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
