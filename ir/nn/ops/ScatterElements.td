include "ir/nn/NnBase.td"

def Nn_ScatterElementsOp : Nn_InferredOp<"scatter_elements"> {
  let summary = "A copy of x with updates written (or combined) at `indices` along an axis";
  let description = [{
    y = x, then y[..indices[..i..]..] = f(itself, updates[..i..]) along the axis, i ascending: equal indices act in
    turn. indices (i32 or i64) and updates have one shape, off the axis no greater than x's. Negative indices count
    from the end; an index outside is clamped. Combining takes floats (f16 and bf16 in f32) and integers; `none` any
    type but per-axis quantised. Source: ONNX Scatter-9, ScatterElements-11..18.
  }];
  let arguments = (ins Nn_ScatterKind:$kind, Nn_Tensor:$x, Nn_Tensor:$indices, Nn_Tensor:$updates, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
