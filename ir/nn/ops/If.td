include "ir/nn/NnBase.td"

def Nn_IfOp : Nn_Op<"if", [IsolatedFromAbove, DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "results = condition ? then(captures) : otherwise(captures)";
  let description = [{
    `condition` is one bool (i1, one element). Both branches take all `captures` as block arguments, and yield the
    results' types. Only the branch that is taken runs. Source: ONNX If-1..25.
  }];
  let arguments = (ins Nn_Tensor:$condition, Variadic<Nn_Tensor>:$captures);
  let results = (outs Variadic<Nn_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then, SizedRegion<1>:$otherwise);
  let assemblyFormat = [{
    $condition `(` $captures `)` attr-dict-with-keyword `:` functional-type(operands, results)
    `then` $then `else` $otherwise
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}
