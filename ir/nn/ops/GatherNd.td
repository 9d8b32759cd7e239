include "ir/nn/NnBase.td"

def Nn_GatherNdOp : Nn_InferredOp<"gather_nd"> {
  let summary = "Slices of x at the index tuples in the last axis of `indices`";
  let description = [{
    indices (i32 or i64) [B..., I..., D], x [B..., X1..XD, S...], y [B..., I..., S...] with `batch_dims` leading axes B.
    Negative indices count from the end; an index outside is clamped. Source: ONNX GatherND-11..13.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$indices, I64Attr:$batch_dims);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $indices attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
