// What each channel of a quantised value can hold, whatever the input is: interval analysis.
#ifndef BURIN_PASSES_PRUNE_CHANNELRANGES_H
#define BURIN_PASSES_PRUNE_CHANNELRANGES_H

#include "ir/nn/ops/IntegerEpilogue.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace burin::nn {

/// Stored integers [min, max] per index of the last axis.
using ChannelRanges = std::vector<Interval>;

/// Ranges of the quantised values of one function's block, operators with bodies left out.
///
/// They hold for every input: accumulators by the extremes of each product, what follows by the operators' own kernels
/// at the ends of an interval (sums, products and averages never fall between them) or at every value in it (tables).
/// A padded tap counts as a real zero. What isn't understood holds all that its type can store.
class RangeAnalysis {
public:
  explicit RangeAnalysis(mlir::func::FuncOp function);

  /// The ranges of `v`, a value of a quantised type with at least one axis.
  const ChannelRanges &of(mlir::Value v);

private:
  ChannelRanges compute(mlir::Value v);

  llvm::DenseMap<mlir::Value, ChannelRanges> known;
};

} // namespace burin::nn

#endif
