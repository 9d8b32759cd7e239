include "ir/nn/NnBase.td"

def Nn_BitCastOp : Nn_Op<"bit_cast", [DeclareOpInterfaceMethods<Nn_OpInterface, ["isView"]>]> {
  let summary = "The same bits read as another element type of the same width";
  let description = [{
    Any types but bool as the result, whose bytes other than 0 and 1 mean nothing to kernels. Costs nothing.
    Source: ONNX BitCast-26.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
}
