include "ir/nn/NnBase.td"

def Nn_PadOp : Nn_InferredOp<"pad"> {
  let summary = "Padding by lo[i] before and hi[i] after on axis i (negative: cropping)";
  let description = [{
    Cropping comes first: what is cropped is never repeated. `edge` repeats the nearest element, `reflect` mirrors
    about the ends without repeating them, `wrap` continues at the other end; pads may exceed the extent. `value` is
    one element of x's type for mode constant (absent: zero; quantised: the zero point, which all channels must share,
    else BRN1401). Source: ONNX Pad-1..25, CenterCropPad-18.
  }];
  let arguments = (ins Nn_Tensor:$x, Optional<Nn_Tensor>:$value, Nn_PadMode:$mode,
                       DenseI64ArrayAttr:$lo, DenseI64ArrayAttr:$hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$mode operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
