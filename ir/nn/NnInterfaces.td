// What every operator of the nn dialect can say of itself.
#ifndef BURIN_IR_NN_NNINTERFACES_TD
#define BURIN_IR_NN_NNINTERFACES_TD

include "mlir/IR/OpBase.td"

def Nn_OpInterface : OpInterface<"NnOp"> {
  let cppNamespace = "::burin::nn";
  let description = "What every operator of the dialect can say of itself.";
  let methods = [
    InterfaceMethod<"Multiply-accumulates of one inference; 0 for operators that have none.",
      "int64_t", "macs", (ins), "", "return 0;">,
    InterfaceMethod<"Emits the kernel calls that define the operator. Fails with the diagnostic emitted.",
      "::llvm::LogicalResult", "lower", (ins "::burin::nn::Lowering &":$lowering)>,
    InterfaceMethod<[{Whether result 0 may occupy the bytes of operand `index` when that operand dies here: each result
      element is written only after the last read of the bytes it covers.}],
      "bool", "mayOverwrite", (ins "unsigned":$index), "", "return false;">,
    InterfaceMethod<"Whether the result is the operand's bytes, unchanged (reshape, storage cast): no code.",
      "bool", "isView", (ins), "", "return false;">,
    InterfaceMethod<"How the operator is computed row by row (RowForm.h).",
      "::burin::nn::RowRule", "rowRule", (ins), "", "return ::burin::nn::RowRule::None;">
  ];
}

#endif
