include "ir/nn/NnBase.td"

def Nn_ArgPoolOp : Nn_InferredOp<"arg_pool"> {
  let summary = "Where the maxima of a max pool lie";
  let description = [{
    x [P,D,H,W] of floats (f16 and bf16 in f32), i8 or ui8, y i64 [P, `size`...]. A value is the number of the largest
    element of a window, the first of equals, in all of x: plane * D*H*W + (d*H + h)*W + w, or with `column_major`
    plane * D*H*W + (w*H + h)*D + d. `pads` are those before each axis; padding never wins.
    Source: ONNX MaxPool-8..22, Indices.
  }];
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
    DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$size, UnitAttr:$column_major);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
