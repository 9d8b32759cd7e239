include "ir/nn/NnBase.td"

def Nn_Conv2dOp : Nn_InferredOp<"conv2d", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs", "rowRule"]>]> {
  let summary = "2-D convolution (cross-correlation), NHWC, weights OHWI";
  let description = [{
    y[n,i,j,o] = clamp(bias[o] + sum_{k,l,c} x[n, i*s0-p0+k*d0, j*s1-p1+l*d1, g*C+c] * w[o,k,l,c], act_lo, act_hi),
    g = o / (O / groups), C = in / groups; positions outside x contribute real zero.
    x [N,H,W,I], w [O,KH,KW,I/groups], bias [O] or none (quantised: i32 of scale sx*sw); y [N,OH,OW,O].
    pads: top, left, bottom, right, each may be negative (cropping). 1-D convolution: H = 1.
    Element types: one of f32, f64, f16, bf16; or f32 but for w, a constant of up to 8 bits quantised per tensor or per
    axis 0, which stays integers in the library; or x quantised per tensor with 8 or 16 bits, w of up to 8 bits per
    tensor or per axis 0, a constant i32 bias, and y quantised as x may be (rounded as docs/numerics.md says). If x and
    y have 8 bits: y may be i32 for the exact accumulator, and if 32 bits can't be proven to hold the sums, lowering
    fails (BRN1702). If not: 64 bits are used where 32 don't do, and bias may be i64.
    Source: ONNX Conv-1..22, QLinearConv-10, ConvInteger-10.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$w, Optional<Nn_Tensor>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups,
                       OptionalAttr<F64Attr>:$act_lo, OptionalAttr<F64Attr>:$act_hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
