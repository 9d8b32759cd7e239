// An operator as turns: one row of its result after the other, and which rows of its operands each of them reads. This
// is all that schedules know of an operator; it follows from the calls that the operator lowers to.
#ifndef BURIN_IR_NN_ROWFORM_H
#define BURIN_IR_NN_ROWFORM_H

#include "ir/nn/Lowering.h"

#include <memory>
#include <optional>

namespace burin::nn {

/// The rows of a tensor [1, rows, …]: its slices along axis 1. Of any other tensor it is one row.
struct TensorRows {
  int64_t rows = 1, bytes = 0; ///< bytes of a row
};
TensorRows rowsOf(mlir::RankedTensorType type);

/// Turn t reads rows t·stride + first … + span − 1 of an operand, those of them that exist.
struct RowRead {
  int64_t stride = 0, first = 0, span = 0;
};

/// An operator on tensors of one row, in no block; its operands that are no constants are arguments of its own.
struct RowOperator {
  mlir::Block arguments;
  mlir::Operation *op = nullptr;
  ~RowOperator();
};

struct RowForm {
  std::unique_ptr<Lowering> lowering; ///< its calls are turned; operands and results as the operator's
  int64_t turns = 1;
  int64_t made = 1;                 ///< turn t writes rows t·made … + made − 1 of the result, those that exist
  bool accumulates = false;         ///< rather, the result is there after the last turn
  llvm::SmallVector<RowRead> reads; ///< one per operand; of constants as it comes
  /// Whether the calls of the operator's other lowering, done in order, write a row after reading what its turn reads.
  bool wholeIsInOrder = false;
  std::unique_ptr<RowOperator> ofOneRow; ///< what was lowered, where it isn't the operator itself
};

/// The row form of `op`, whose usual lowering is `whole`, or nullopt if it has none: it says so, or its calls don't
/// compute rows.
std::optional<RowForm> rowFormOf(NnOp op, const Lowering &whole);

} // namespace burin::nn

#endif
