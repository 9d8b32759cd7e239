include "ir/nn/NnBase.td"

def Nn_SampleOp : Nn_InferredOp<"sample", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "Images at positions between their pixels: y[n, p] = x[n] at position at[n, p]";
  let description = [{
    x [N, S1..Sd, C] of one to three spatial axes, none of them empty, at [N, P..., d] in pixels along S1..Sd,
    y [N, P..., C]; all of one float type (f16 and bf16 in f32). Interpolates by `mode`: nearest (ties to even), linear
    or cubic (a = -0.75) along every axis. Outside x lie `zeros`, its outermost elements (`border`) or its
    `reflection`; the axes end at the centres of the outermost elements with `corners`, else at their edges, half a
    pixel further.
    Cubic weights at the border are those of the position itself, as in PyTorch and ONNX Runtime. Axes have at most 2^24
    elements.
    Source: ONNX GridSample-16..22, DeformConv-19..22.
  }];
  let arguments = (ins Nn_SampleMode:$mode, Nn_SampleBorder:$outside, Nn_Tensor:$x, Nn_Tensor:$at, UnitAttr:$corners);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$mode $outside $x `at` $at attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
