// Quantised types: walking a tensor whose scales are one per tensor or per index of an axis; what integers can compute.
#ifndef BURIN_IR_NN_QUANTISE_H
#define BURIN_IR_NN_QUANTISE_H

#include "ir/nn/Emit.h"

namespace burin::nn {

class UnaryOp;

/// Whether nn.binary has integer arithmetic for these element types: add, sub and mul on per-tensor 8-bit types of one
/// storage or on any of which one has 16 bits, min and max where all three types are one. (Scales that differ absurdly
/// may still fail to lower where all have 8 bits.)
bool hasIntegerForm(BinaryKind kind, mlir::Type a, mlir::Type b, mlir::Type y);

/// The attribute of the function whose quantised operators round as TFLite's reference kernels do.
inline constexpr llvm::StringLiteral tfliteRoundingAttrName = "nn.rounding_tflite";
/// Whether `op` is in such a function.
bool roundsAsTflite(mlir::Operation *op);

/// Whether `op` can be computed from element type `x` to `y`, both quantised per tensor with 8 or 16 bits, by a table
/// or in pieces (Tables.h).
bool hasIntegerForm(UnaryOp op, mlir::quant::UniformQuantizedType x, mlir::quant::UniformQuantizedType y);

/// Runs of `n` elements that share one scale. Operand 0 of the nest is the tensor, operand 1 the scales.
struct ScaleRuns : LoopNest {
  int64_t n = 0;
};
/// `axis` < 0: one scale for all of `shape`.
ScaleRuns scaleRuns(llvm::ArrayRef<int64_t> shape, int64_t axis);

/// The same with a scale for each `block` indices of `axis`: first the whole blocks, then what is left, where there is
/// such. `first` and `firstScale`: the elements of tensor and scales at which these runs begin.
struct BlockRuns : ScaleRuns {
  int64_t first = 0, firstScale = 0;
};
llvm::SmallVector<BlockRuns> blockRuns(llvm::ArrayRef<int64_t> shape, int64_t axis, int64_t block);

/// The scale and zero-point arguments for a walk of `runs`, from constants; NULL for zero points that are all 0.
std::pair<plan::CallArg, plan::CallArg> scaleArguments(Lowering &l, const ScaleRuns &runs,
                                                       mlir::quant::QuantizedType type);

/// Verification: a per-axis type has one scale per index of its axis.
mlir::LogicalResult verifyScales(mlir::Operation *op, mlir::Value quantised);

/// Verification of scales given at run time: one element, or one per index of `axis` of `x`; `zero` (or null) likewise.
mlir::LogicalResult verifyDynamicScales(mlir::Operation *op, mlir::Value x, mlir::Value scale, mlir::Value zero,
                                        int64_t axis);
/// The same for one scale for each `block` indices of `axis`.
mlir::LogicalResult verifyBlockScales(mlir::Operation *op, mlir::Value x, mlir::Value scale, mlir::Value zero,
                                      int64_t axis, int64_t block);

} // namespace burin::nn

#endif
