include "ir/nn/NnBase.td"

def Nn_TopKOp : Nn_InferredOp<"top_k"> {
  let summary = "Where the k largest (or smallest) elements along an axis are, as i64, best first";
  let description = [{
    x [..., N, ...], y i64 [..., k, ...], 0 <= k <= N: positions by falling value (rising with `smallest`), equals by
    rising position; NaN is larger than any number. Floats, integers of 8 to 64 bits, per-tensor quantised types (whose
    order is that of their integers). Their values are gather_elements of x. Source: ONNX TopK-1..24.
  }];
  let arguments = (ins Nn_Tensor:$x, I64Attr:$k, I64Attr:$axis, UnitAttr:$smallest);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}
