include "ir/nn/NnBase.td"

def Nn_ConvTranspose2dOp : Nn_InferredOp<"conv_transpose2d", [
    DeclareOpInterfaceMethods<Nn_OpInterface, ["macs", "rowRule"]>]> {
  let summary = "2-D transposed convolution, NHWC, weights OHWI";
  let description = [{
    The adjoint of conv2d in x: y[n,i,j,o] = clamp(bias[o] + sum of x[n,h,w,g*C+c] * w[o,k,l,c], act_lo, act_hi) over
    all h, k with h*s0-p0+k*d0 = i, all w, l with w*s1-p1+l*d1 = j, and c < C; g and C as in conv2d.
    x [N,H,W,I], w [O,KH,KW,I/groups], bias [O] or none; `out_size` [OH, OW] is explicit, y [N,OH,OW,O]. pads: top,
    left, bottom, right, of which the last two say nothing that out_size doesn't. One float element type.
    Source: ONNX ConvTranspose-1..22.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$w, Optional<Nn_Tensor>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups,
                       DenseI64ArrayAttr:$out_size, OptionalAttr<F64Attr>:$act_lo, OptionalAttr<F64Attr>:$act_hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
