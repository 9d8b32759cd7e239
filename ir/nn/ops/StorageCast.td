include "ir/nn/NnBase.td"

def Nn_StorageCastOp : Nn_Op<"storage_cast", [DeclareOpInterfaceMethods<Nn_OpInterface, ["isView", "rowRule"]>]> {
  let summary = "The same bytes under another element type";
  let description = [{
    Between an integer type and a quantised type of that storage: costs nothing. Integers of 2 and 4 bits lie
    extended to bytes: i4 is the storage of `!quant.uniform<i8<-8:7>:…>`. Quantised values enter and leave the
    program this way.
  }];
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
