include "ir/nn/NnBase.td"

def Nn_ReduceOp : Nn_InferredOp<"reduce"> {
  let summary = "Reduction over axes; the reduced axes keep length 1";
  let description = [{
    `axes`: any number, in range, each once. log_sum = log(sum x), log_sum_exp = log(sum exp x) without overflow, l1 =
    sum |x|, l2 = sqrt(sum x^2). An empty reduction gives the kind's identity (mean: NaN, of integers 0). Floats (f16
    and bf16 in f32), i32, i64, ui32, ui64: sums wrap, means round to zero. max and min also of 8 and 16 bits, of
    bool, and within one per-tensor quantised type; other reductions of quantised tensors have no form here (BRN1401).
    Source: ONNX ReduceSum, ReduceMean, … (1..20).
  }];
  let arguments = (ins Nn_ReduceKind:$kind, Nn_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
