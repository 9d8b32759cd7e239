include "ir/nn/NnBase.td"

def Nn_GatherOp : Nn_InferredOp<"gather", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "y = x taken at `indices` (i32 or i64) along an axis";
  let description = [{
    x of any element type but per-axis quantised; y shape: x[:axis] ++ indices ++ x[axis+1:]. Negative indices count
    from the end; an index outside is clamped. Source: ONNX Gather-1..13.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$indices, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $indices attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
