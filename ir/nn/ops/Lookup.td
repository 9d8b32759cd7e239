include "ir/nn/NnBase.td"

def Nn_LookupOp : Nn_Op<"lookup", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "y[i] = table[x[i]] on 8-bit quantised tensors: any function of one value";
  let description = [{
    x and y per tensor with 8-bit storage and one shape. `table` has 256 entries, by the stored byte of x: what y's storage
    is there. The quantise pass makes it of operators between a dequantisation and a quantisation that see nothing else.
  }];
  let arguments = (ins Nn_Tensor:$x, DenseI8ArrayAttr:$table);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
