// What the lowerings of many operators share: loop nests around kernels, element types without arithmetic, clamps.
#ifndef BURIN_IR_NN_EMIT_H
#define BURIN_IR_NN_EMIT_H

#include "ir/nn/Lowering.h"

namespace burin::nn {

/// Loops around a kernel call, and how the pointers to each operand of the nest advance in them.
struct LoopNest {
  llvm::SmallVector<int64_t> loops;                ///< trip counts, outermost first; no 1s
  std::vector<llvm::SmallVector<int64_t>> strides; ///< [operand][loop], elements

  /// The argument that points to operand `operand` of the nest, which lives in `buffer` from element `offset` on.
  /// `unit`: elements of the kernel's parameter per element of the tensor (its bytes, for kernels that count bytes).
  plan::CallArg at(BufferId buffer, unsigned operand, int64_t offset = 0, int64_t unit = 1) const;
};

/// Loops over all axes of `shape` with the operands' strides; neighbours are merged where possible.
LoopNest loopsOver(llvm::ArrayRef<int64_t> shape, std::vector<llvm::SmallVector<int64_t>> strides);
/// The same over all axes but `axis`, along which the kernel itself runs.
LoopNest loopsAround(int64_t axis, llvm::ArrayRef<int64_t> shape, std::vector<llvm::SmallVector<int64_t>> strides);

/// A nest whose innermost loop is the kernel's: runs of `n` elements, `steps` elements apart.
struct RunNest : LoopNest {
  int64_t n = 1;
  llvm::SmallVector<int64_t> steps; ///< [operand]
};
/// `operands` broadcast to the shape of `result`, which is the nest's last operand and contiguous.
RunNest broadcastRuns(mlir::ValueRange operands, mlir::Value result);

/// Whether `x` and `y` have the same shape and bytes per element, so that walking both in order meets the same
/// addresses.
bool coversInOrder(mlir::Value x, mlir::Value y);

/// The type that kernels compute values of `elementType` in: f32 for f16 and bf16, else the storage type.
mlir::Type computeType(mlir::Type elementType);
/// Operand `i` in its compute type: the operand itself, a widened constant, or a widened copy in scratch.
BufferId widenedOperand(Lowering &l, unsigned i, llvm::StringRef role = "widened");
/// The same for kernels that work in place: a widened operand is always scratch, which may be overwritten.
BufferId widenedCopy(Lowering &l, unsigned i, llvm::StringRef role = "widened");
/// Where to compute result 0 in its compute type: the result itself or scratch; `storeResult` then narrows it into the
/// result.
BufferId computedResult(Lowering &l);
void storeResult(Lowering &l, BufferId computed);

/// Appends a call of `brn_<stem>_<suffix of type>`, or fails with BRN1204 if there is none.
mlir::LogicalResult callTyped(Lowering &l, const llvm::Twine &stem, mlir::Type type, std::vector<plan::CallArg> args,
                              llvm::ArrayRef<int64_t> loops = {});

/// y = min(max(y, lo), hi) in place on `n` elements of f32 or f64; NaN passes. Nothing for infinite bounds.
mlir::LogicalResult emitFloatClamp(Lowering &l, mlir::Type type, BufferId x, BufferId y, int64_t n, double lo,
                                   double hi);
/// y = min(max(x, lo), hi) on the stored integers of quantised type `type`. x may be y: then nothing where the bounds
/// don't bind.
mlir::LogicalResult emitStoredClamp(Lowering &l, mlir::Type type, BufferId x, BufferId y, int64_t n, int32_t lo,
                                    int32_t hi);

/// A constant of one element whose bytes are `value`, for kernels that move words of that size (1, 2, 4 or 8 bytes).
BufferId wordConstant(Lowering &l, llvm::StringRef role, llvm::ArrayRef<char> value);

/// Reports that the operator has no exact integer form on its quantised types (BRN1401).
mlir::LogicalResult failNotRepresentable(Lowering &l, const llvm::Twine &why);

/// Verification shared by the operators that only move data: `y` has the element type of `x`, and a per-axis quantised
/// type still fits its axis.
mlir::LogicalResult verifyMoved(mlir::Operation *op, mlir::Value x, mlir::Value y);

} // namespace burin::nn

#endif
