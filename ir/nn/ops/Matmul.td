include "ir/nn/NnBase.td"

def Nn_MatmulOp : Nn_InferredOp<"matmul", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "y = clamp(a . b + bias), batch dims broadcast";
  let description = [{
    a [...,M,K], b [...,K,N] (with `transpose_b`: [...,N,K]), bias [N] or none, y [...,M,N]. Both ranks are at least
    2. Constant weights are brought to `transpose_b` form by the layout pass: one row of K per output, as in conv2d.
    Element types: one float type; i32, i64, ui32 or ui64 (wrapping, no clamp); or quantised as in conv2d, b in the place
    of w with its output axis in the place of axis 0, and up to 16 bits.
    Source: ONNX MatMul-1..13, Gemm-1..13, QLinearMatMul-10..21, MatMulInteger-10.
  }];
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b, Optional<Nn_Tensor>:$bias, UnitAttr:$transpose_b,
                       OptionalAttr<F64Attr>:$act_lo, OptionalAttr<F64Attr>:$act_hi);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
