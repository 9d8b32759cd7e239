include "ir/nn/NnBase.td"

def Nn_ConstantOp : Nn_Op<"constant"> {
  let summary = "A tensor known at compile time";
  let description = [{
    `value` holds the elements' storage (a quantised constant: its integers), row-major, little-endian; bool as one byte.
    Source: ONNX Constant-1..25 and initialisers.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "attr-dict $value `:` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The raw storage of the elements.
    ::llvm::ArrayRef<char> bytes();
  }];
}
