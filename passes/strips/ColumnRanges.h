// Which columns of an image each operator has to compute so that one strip of a later result can be: nothing is
// rewritten.
#ifndef BURIN_PASSES_STRIPS_COLUMNRANGES_H
#define BURIN_PASSES_STRIPS_COLUMNRANGES_H

#include "ir/nn/Nn.h"
#include "ir/nn/ops/Window2d.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

#include <optional>

namespace burin {

/// Columns begin … end − 1 of a tensor [1, rows, columns, channels].
struct Columns {
  int64_t begin = 0, end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Columns &) const = default;
};

/// The operators from a function's image, its one argument, up to a result that all that comes later is computed from.
struct StripRegion {
  llvm::SmallVector<mlir::Operation *> ops; ///< in the order of the program, constants left out; the last one's result
                                            ///< is the region's
  mlir::Value image() const { return ops.front()->getBlock()->getArgument(0); }
  mlir::Value result() const { return ops.back()->getResult(0); }
};

/// All such regions that can be computed in strips, the shortest first: of convolutions, pools, and operators that
/// compute each pixel by itself.
llvm::SmallVector<StripRegion> stripRegions(mlir::func::FuncOp function);

/// The columns of each value of the region that strip `strip` of `strips` needs, the image's included. What its strips
/// have in common is computed for each of them.
llvm::MapVector<mlir::Value, Columns> stripColumns(const StripRegion &region, int64_t strips, int64_t strip);

/// The multiply-accumulates that all strips together take more than the region; nullopt if its result has fewer columns
/// than there are strips, or some strip reads all columns of the image.
std::optional<int64_t> repeatedMacs(const StripRegion &region, int64_t strips);

/// The bytes of the region's result, and of the rows of all other values that windows keep while a strip is computed.
int64_t stripBytes(const StripRegion &region, int64_t strips);

/// The window of a convolution or pool; absent: pixel by pixel.
std::optional<nn::Window2d> columnWindow(mlir::Operation *op);

/// The columns of `operand` that `op` reads for those of its result.
Columns columnsRead(mlir::Operation *op, mlir::Value operand, Columns result);

} // namespace burin

#endif
