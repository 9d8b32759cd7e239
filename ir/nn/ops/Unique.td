include "ir/nn/NnBase.td"

def Nn_UniqueOp : Nn_Op<"unique"> {
  let summary = "The distinct rows of a matrix: where each occurs first, which each row is, how often it occurs";
  let description = [{
    x [N, M]; `first` (i64) [K]: for each distinct row the first that equals it, in ascending order of the rows
    (lexicographic, NaN last and equal to NaN) if `sorted`, else of their first occurrence; `inverse` (i64) [N]: the place in
    `first` of each row; `counts` (i64) [K]. K <= N is known at run time (`nn.count`), or from a constant x.
    Source: ONNX Unique-11.
  }];
  let arguments = (ins Nn_Tensor:$x, BoolAttr:$sorted);
  let results = (outs Nn_Tensor:$first, Nn_Tensor:$inverse, Nn_Tensor:$counts);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
