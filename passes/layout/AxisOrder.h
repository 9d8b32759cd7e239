// Axis orders: in which order the axes of a value are stored, and how an operator carries an order from operands to
// result.
#ifndef BURIN_PASSES_LAYOUT_AXISORDER_H
#define BURIN_PASSES_LAYOUT_AXISORDER_H

#include "ir/nn/Nn.h"

#include <optional>

namespace burin::nn {

/// Axis i of what is stored is axis order[i] of the value: stored = transpose(value, order).
using AxisOrder = mlir::SmallVector<int64_t>;

AxisOrder identityOrder(int64_t rank);

/// The axes longer than 1 in stored order. Two orders with the same ones differ by a reshape, which costs nothing.
AxisOrder longAxes(mlir::ArrayRef<int64_t> shape, mlir::ArrayRef<int64_t> order);

/// The type of transpose(value of `type`, order).
mlir::RankedTensorType transposedType(mlir::RankedTensorType type, mlir::ArrayRef<int64_t> order);

/// The order r with reshape(transpose(x, order)) = transpose(reshape(x), r) for a reshape from shape `from` to `to`;
/// nullopt if the reshape joins or splits axes that `order` takes apart.
std::optional<AxisOrder> orderThroughReshape(mlir::ArrayRef<int64_t> from, mlir::ArrayRef<int64_t> to,
                                             mlir::ArrayRef<int64_t> order);

/// Whether `op` computes its result in another axis order just as well: element-wise operators, movement along axes,
/// reductions, softmax, reshapes.
bool isFlexible(mlir::Operation *op);

/// How operand `index` of flexible `op` must be stored (in its own axes) when the result is stored in `order`; nullopt
/// if the result can't have that order.
std::optional<AxisOrder> operandOrder(mlir::Operation *op, unsigned index, mlir::ArrayRef<int64_t> order);

/// The order the result gets when operand `index` is stored in `order`; nullopt if that doesn't determine one.
std::optional<AxisOrder> resultOrder(mlir::Operation *op, unsigned index, mlir::ArrayRef<int64_t> order);

/// The shape operand `index` has when the result is stored in `order`: an operand that broadcasts from a lower rank
/// gets unit axes in front first, so that its axes meet the result's.
mlir::SmallVector<int64_t> operandShape(mlir::Operation *op, unsigned index, mlir::ArrayRef<int64_t> order);

/// `op` with its result stored in `order`, on operands of operandShape in operandOrder. Keeps origin and location.
mlir::Operation *buildInOrder(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands,
                              mlir::ArrayRef<int64_t> order);

} // namespace burin::nn

#endif
