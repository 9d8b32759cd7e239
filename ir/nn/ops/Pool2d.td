include "ir/nn/NnBase.td"

def Nn_Pool2dOp : Nn_InferredOp<"pool2d", [DeclareOpInterfaceMethods<Nn_OpInterface, ["rowRule"]>]> {
  let summary = "2-D pooling over windows, NHWC";
  let description = [{
    x [N,H,W,C], y [N,OH,OW,C]; `out_size` [OH, OW] is explicit, so ceil_mode needs no rule here. pads: top, left,
    bottom, right, none negative and each smaller than the window; the last window begins inside x or its pads.
    avg_pool divides by the number of window positions inside x, or, with `count_include_pad`, inside x plus its pads;
    every window has one. lp_pool: (sum |x|^p)^(1/p). max_pool keeps the type. An average of quantised tensors
    rounds the exact rational value to nearest; an exact tie goes to even, or where both have 8 bits where the float32
    reference's sum puts it (docs/numerics.md), whose order of summation depends on the strides and on `global`: the one window of ONNX's Global
    pools.
    Source: ONNX MaxPool, AveragePool, LpPool and their Global forms.
  }];
  let arguments = (ins Nn_PoolKind:$kind, Nn_Tensor:$x, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$out_size,
                       UnitAttr:$count_include_pad, DefaultValuedAttr<I64Attr, "2">:$p, UnitAttr:$global);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
