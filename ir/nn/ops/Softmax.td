def Nn_SoftmaxOp : Nn_InferredOp<"softmax", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "softmax, log_softmax or hardmax along one axis";
  let description = [{
    8-bit quantised softmax: Q(softmax(DQ(x))) with a table of exponentials and integer division.
    Source: ONNX Softmax-13, LogSoftmax-13, Hardmax-13 (older opsets are flattened by the importer).
  }];
  let arguments = (ins Nn_SoftmaxKind:$kind, Nn_Tensor:$x, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
