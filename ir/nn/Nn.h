// The nn dialect without its operators: attributes, enums, interfaces. An operator is included by itself, as
// "ir/nn/ops/Conv2d.h", which the build makes of its .td: a change of one operator rebuilds what uses that one.
#ifndef BURIN_IR_NN_NN_H
#define BURIN_IR_NN_NN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "ir/nn/Types.h"

namespace burin::nn {
class Lowering;

/// How an operator is computed row by row. Rows are the slices along axis 1 of tensors whose axis 0 is 1.
enum class RowRule {
  None,  ///< it isn't
  Alike, ///< row r of the result is what the operator makes of row r of the operands with as many rows, and all others
  Calls, ///< each call of `Lowering(op, byRows)` computes whole rows of the result, from the rows its arguments name
  Turns, ///< likewise, and each says in which turns it runs, in which it may advance by several rows; of the operator's
         ///< other lowering nothing is known
};

/// Checks result types against the inferred ones, as InferTypeOpInterface does, but before the operator's own verifier.
template <typename ConcreteType>
class ResultsAreInferred : public mlir::OpTrait::TraitBase<ConcreteType, ResultsAreInferred> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return mlir::detail::verifyInferredResultTypes(op); }
};
} // namespace burin::nn

#include "ir/nn/NnDialect.h.inc"
#include "ir/nn/NnEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/nn/NnAttrs.h.inc"
#include "ir/nn/NnInterfaces.h.inc"

namespace burin::nn {

/// Name of the discardable attribute that holds an operator's `OriginAttr`.
inline constexpr llvm::StringLiteral originAttrName = "nn.origin";

/// The ONNX tensor that `op`'s first result holds, or null.
OriginAttr getOrigin(mlir::Operation *op);
/// Says that `op`'s result holds ONNX tensor `tensor`, its axes permuted by `perm` (empty: not permuted).
void setOrigin(mlir::Operation *op, mlir::StringRef tensor, mlir::ArrayRef<int64_t> perm = {});
/// `to` computes the same tensor as `from` did: it takes over the origin. With `perm`, result axis i of `to` is
/// axis perm[i] of `from`'s result.
void copyOrigin(mlir::Operation *from, mlir::Operation *to, mlir::ArrayRef<int64_t> perm = {});
/// The result of `op` lost all indices of its last axis but `kept`, in rising order.
void keepChannelsOfOrigin(mlir::Operation *op, mlir::ArrayRef<int64_t> kept);

} // namespace burin::nn

#endif
