def Nn_ScanOp : Nn_InferredOp<"scan", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "Running sum or product along an axis";
  let description = "Source: ONNX CumSum-11..14, CumProd-26.";
  let arguments = (ins Nn_ScanKind:$kind, Nn_Tensor:$x, I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
