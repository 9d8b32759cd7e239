include "ir/nn/NnBase.td"

def Nn_BinaryOp : Nn_InferredOp<"binary", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "rowRule"]>]> {
  let summary = "Element-wise y = f(a, b) with NumPy broadcasting";
  let description = [{
    Integers wrap, their division rounds to zero (by 0 it gives 0); `mod` takes the divisor's sign, `fmod` the
    dividend's; prelu: a < 0 ? a * b : a; logical_* on bool, bitwise_* and shift_* on integers. a, b and y have one
    element type; f16 and bf16 are computed in f32. `act_lo`, `act_hi`: a clamp fused behind it, in real numbers, on
    floats and quantised types.

    Quantised, per tensor with one 8-bit storage: add, sub and mul are clamp(round_half_even(v / sy) + zy), v the
    exact real value sa*(a-za) +- sb*(b-zb) or sa*(a-za) * sb*(b-zb); likewise any mix of 8 and 16 bits, with the
    ratios of the scales to 30 bits or more (docs/numerics.md); min and max where a, b and y have one type. All else has
    no integer form (BRN1401). Source: ONNX Add, Sub, Mul, Div, Min, Max, Pow, Mod, PRelu, BitShift,
    Bitwise*, And, Or, Xor.
  }];
  let arguments = (ins Nn_BinaryKind:$kind, Nn_Tensor:$a, Nn_Tensor:$b,
                       OptionalAttr<F64Attr>:$act_lo, OptionalAttr<F64Attr>:$act_hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $a `,` $b attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
