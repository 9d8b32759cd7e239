// What every rewrite of nn programs needs: locations and origins that survive, uses, constants.
#ifndef BURIN_PASSES_SIMPLIFY_REWRITING_H
#define BURIN_PASSES_SIMPLIFY_REWRITING_H

#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"
#include "ir/nn/ops/Constant.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace burin::nn {

/// One location that names the nodes of all `ops`, in order, each once.
mlir::Location fusedLocation(mlir::ArrayRef<mlir::Operation *> ops);

/// Replaces the results of `old` by those of `replacement`, which takes over the origin of `old` (none if it has none):
/// axis i of the new result is axis perm[i] of the old one. The location of `replacement` is left alone.
void replaceKeepingOrigin(mlir::PatternRewriter &rewriter, mlir::Operation *old, mlir::Operation *replacement,
                          mlir::ArrayRef<int64_t> perm = {});

/// A copy of `op` with other operands and another element type of its one result, inserted at `b`.
mlir::Operation *cloneWith(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands,
                           mlir::Type resultElement);

/// The operands whose elements the result of `op` consists of, when `op` only moves or picks elements and never
/// computes new ones (maxima and minima pick); empty for every other operator. The padding value and both choices of a
/// select count.
mlir::SmallVector<unsigned> movedOperands(mlir::Operation *op);
inline bool isMovement(mlir::Operation *op) { return op && !movedOperands(op).empty(); }

/// The element type that the result of a movement has when its moved operands have `operandElement`, and the one that
/// they have when the result has `resultElement`: the same one, but a quantised axis moves along. Null where the axis
/// is lost.
mlir::Type movedElementType(mlir::Operation *movement, mlir::Type operandElement);
mlir::Type movedFromElementType(mlir::Operation *movement, mlir::Type resultElement);

/// The one value that all elements of the float constant `v` have; nullopt if it isn't such a constant.
std::optional<double> splatReal(mlir::Value v);

/// The values of the float constant `v` along `axis` of a tensor of rank `rank` it broadcasts with, `size` of them, if
/// it varies along no other axis; nullopt otherwise.
std::optional<mlir::SmallVector<double>> perAxisReals(mlir::Value v, int64_t rank, int64_t axis, int64_t size);

/// What a value is behind reshapes that keep its last axis and that nobody else reads.
struct ReshapedValue {
  mlir::Value source;
  mlir::SmallVector<mlir::Operation *> reshapes; ///< from the last to the first
};
ReshapedValue stripReshapes(mlir::Value v);
/// The same reshapes of another source: the last operator made (or that of `source`).
mlir::Operation *repeatReshapes(mlir::OpBuilder &b, const ReshapedValue &like, mlir::Value source);

/// A constant of `type` (f32 or f64) with these values.
ConstantOp makeReals(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type,
                     mlir::ArrayRef<double> values);

/// The same quantised per-axis type with its axis at `axis`; any other element type unchanged.
mlir::Type withQuantisedAxis(mlir::Type elementType, int32_t axis);

} // namespace burin::nn

#endif
