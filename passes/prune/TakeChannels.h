// Rewriting a group of tied values to fewer channels.
#ifndef BURIN_PASSES_PRUNE_TAKECHANNELS_H
#define BURIN_PASSES_PRUNE_TAKECHANNELS_H

#include "passes/prune/ChannelGroups.h"

namespace burin::nn {

/// Leaves only the channels `kept`, in rising order, of the values of `group`: the weights that make and read them,
/// their types and origins follow. Producers say in `nn.removed` how many of how many went.
void takeChannels(const ChannelGroup &group, llvm::ArrayRef<int64_t> kept);

/// Makes `bias`, one entry per output, the i32 bias of a quantised convolution or product.
void setBias(mlir::Operation *op, llvm::ArrayRef<int64_t> bias);

/// Gives a quantised convolution or product other weights, in the order of those that it has, signed: less
/// signedOffset.
void setWeights(mlir::Operation *op, llvm::ArrayRef<int8_t> values);

} // namespace burin::nn

#endif
