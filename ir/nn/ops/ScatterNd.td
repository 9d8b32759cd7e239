def Nn_ScatterNdOp : Nn_InferredOp<"scatter_nd"> {
  let summary = "A copy of x with slices of updates written (or combined) at the index tuples";
  let description = "Source: ONNX ScatterND-11..18.";
  let arguments = (ins Nn_ScatterKind:$kind, Nn_Tensor:$x, Nn_Tensor:$indices, Nn_Tensor:$updates);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
