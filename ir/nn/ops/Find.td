include "ir/nn/NnBase.td"

def Nn_FindOp : Nn_InferredOp<"find"> {
  let summary = "y = the place of each element of x among constant keys, their number where it isn't one";
  let description = [{
    x of any shape, keys [K] of its type, constant, ascending and distinct, NaN the last of all and equal to NaN; y i32
    of the shape of x. f32, f64, i16, i32, i64. Source: ONNX ai.onnx.ml LabelEncoder-1..4.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$keys);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
