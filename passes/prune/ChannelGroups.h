// Values whose channels are the same channels: what connects the layers that make them to the layers that read them.
#ifndef BURIN_PASSES_PRUNE_CHANNELGROUPS_H
#define BURIN_PASSES_PRUNE_CHANNELGROUPS_H

#include "ir/nn/Nn.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace burin::nn {

/// Quantised values tied by operators that compute each channel by itself (depthwise convolutions, pools, sums,
/// tables …). Channel c of a value is index c of its last axis, or, where an image lies flattened, every index that is
/// c modulo `channels`. Taking channel c out of all of them leaves the others as they are.
struct ChannelGroup {
  int64_t channels = 0;
  llvm::SmallVector<mlir::Value> values;            ///< in program order
  llvm::SmallVector<mlir::Operation *> producers;   ///< dense convolutions and products: a row of weights per channel
  llvm::SmallVector<mlir::Operation *> channelwise; ///< operators between the values
  llvm::SmallVector<mlir::OpOperand *> consumers;   ///< where dense convolutions and products read the values
};

/// The groups of a function whose channels can be taken out: nothing else makes or reads their values. In program
/// order.
std::vector<ChannelGroup> channelGroups(mlir::func::FuncOp function);

/// The length of the last axis; 1 of a scalar.
int64_t lastAxis(mlir::Value v);

/// Whether `op` is a convolution or product by a constant, quantised, with one group: every result channel reads all
/// channels of operand 0.
bool isDense(mlir::Operation *op);

/// The constant weights of a convolution or product, [outputs, …, inputs].
mlir::Value weightsOf(mlir::Operation *op);

} // namespace burin::nn

#endif
