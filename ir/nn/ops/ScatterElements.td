def Nn_ScatterElementsOp : Nn_InferredOp<"scatter_elements"> {
  let summary = "A copy of x with updates written (or combined) at `indices` along an axis";
  let description = "Source: ONNX Scatter-9, ScatterElements-11..18.";
  let arguments = (ins Nn_ScatterKind:$kind, Nn_Tensor:$x, Nn_Tensor:$indices, Nn_Tensor:$updates, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
