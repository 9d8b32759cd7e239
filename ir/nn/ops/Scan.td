include "ir/nn/NnBase.td"

def Nn_ScanOp : Nn_InferredOp<"scan", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "Running sum or product along an axis";
  let description = [{
    y[i] = sum or product of x[j], j <= i; j < i with `exclusive` (the first is 0 or 1); from the far end with
    `reverse`. Floats (f16 and bf16 in f32), i32, i64, ui32, ui64 (wrapping). Source: ONNX CumSum-11..14, CumProd-26.
  }];
  let arguments = (ins Nn_ScanKind:$kind, Nn_Tensor:$x, I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
