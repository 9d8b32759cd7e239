def Nn_BinaryOp : Nn_InferredOp<"binary", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "Element-wise y = f(a, b) with NumPy broadcasting";
  let description = [{
    Integers wrap; `mod` takes the divisor's sign, `fmod` the dividend's; prelu: a < 0 ? a * b : a. `act_lo`, `act_hi`: a clamp
    fused behind it, in real numbers. On quantised tensors add and mul round the exact rational value half to even.
    Source: the ONNX operators of these names.
  }];
  let arguments = (ins Nn_BinaryKind:$kind, Nn_Tensor:$a, Nn_Tensor:$b,
                       OptionalAttr<F64Attr>:$act_lo, OptionalAttr<F64Attr>:$act_hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $a `,` $b attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
