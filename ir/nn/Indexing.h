// What the operators that gather or scatter at index tensors share.
#ifndef BURIN_IR_NN_INDEXING_H
#define BURIN_IR_NN_INDEXING_H

#include "ir/nn/Emit.h"

namespace burin::nn {

/// Verification of an operand of indices: i32 or i64.
mlir::LogicalResult verifyIndices(mlir::Operation *op, mlir::Value indices);

/// Verification that `axis` of `x` isn't empty where `taken` has elements that come from or go to it.
mlir::LogicalResult verifyNotEmpty(mlir::Operation *op, mlir::Value x, int64_t axis, mlir::Value taken);

/// Verification of the element types of a scatter.
mlir::LogicalResult verifyScattered(mlir::Operation *op, ScatterKind kind, mlir::Value x, mlir::Value updates,
                                    mlir::Value y);

/// The extents that index tuples refer to, as a constant; NULL for empty tuples.
plan::CallArg indexedExtents(Lowering &l, llvm::ArrayRef<int64_t> extents);

/// The buffers a scatter works on: `target` starts as a copy of operand 0. Where updates are `combined` with it, both
/// are in the compute type; otherwise in the stored one. `storeResult` ends it.
struct ScatterBuffers {
  BufferId target, updates;
};
ScatterBuffers beginScatter(Lowering &l, bool combined);

} // namespace burin::nn

#endif
