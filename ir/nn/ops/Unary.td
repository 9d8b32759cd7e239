include "ir/nn/NnBase.td"

def Nn_UnaryOp : Nn_InferredOp<"unary", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "isView", "rowRule"]>]> {
  let summary = "Element-wise y = f(x)";
  let description = [{
    Parameters: leaky_relu(alpha), elu(alpha), celu(alpha), selu(alpha, beta = gamma), hard_sigmoid(alpha, beta),
    thresholded_relu(alpha), shrink(alpha = bias, beta = lambd), swish(alpha), is_inf(alpha: detect negative, beta:
    positive; 0 or 1). `round` is half to even. On tensors quantised with 8 or 16 bits: Q(f(DQ(x))), a
    table, or linear in pieces (ir/nn/Tables.h).
    is_nan, is_inf give bool; logical_not takes bool, bitwise_not integers; abs and sign also take integers, neg and
    relu signed ones; everything else floats. f16 and bf16 are computed in f32. Source: the ONNX operators of these
    names.
  }];
  let arguments = (ins Nn_UnaryKind:$kind, Nn_Tensor:$x,
                       DefaultValuedAttr<F64Attr, "0.0">:$alpha, DefaultValuedAttr<F64Attr, "0.0">:$beta);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
