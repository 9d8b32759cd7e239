include "ir/nn/NnBase.td"

def Nn_YieldOp : Op<Nn_Dialect, "yield", [Pure, Terminator]> {
  let summary = "What a branch of nn.if or one turn of nn.loop computes";
  let arguments = (ins Variadic<Nn_Tensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}
