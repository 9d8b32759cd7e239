include "ir/nn/NnBase.td"

def Nn_GatherElementsOp : Nn_InferredOp<"gather_elements"> {
  let summary = "y[..i..] = x[..indices[..i..]..] along an axis; y has the shape of indices";
  let description = [{
    indices (i32 or i64) has the rank of x and, off the axis, extents no greater. Negative indices count from the end;
    an index outside is clamped. Source: ONNX GatherElements-11..13.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$indices, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $indices attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
