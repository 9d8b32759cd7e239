include "ir/nn/NnBase.td"

def Nn_ScatterNdOp : Nn_InferredOp<"scatter_nd"> {
  let summary = "A copy of x with slices of updates written (or combined) at the index tuples";
  let description = [{
    y = x, then the slice at each index tuple is combined with its slice of updates, in turn: indices (i32 or i64)
    [I..., D], x [X1..XD, S...], updates [I..., S...]. Negative indices count from the end; an index outside is
    clamped. Combining takes floats (f16 and bf16 in f32) and integers; `none` any type but per-axis quantised.
    Source: ONNX ScatterND-11..18.
  }];
  let arguments = (ins Nn_ScatterKind:$kind, Nn_Tensor:$x, Nn_Tensor:$indices, Nn_Tensor:$updates);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
