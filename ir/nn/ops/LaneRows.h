// Integer convolutions and products for machines with vectors of any length: a lane for each output channel
// (brn_conv_lanes*, brn_depthwise_lanes*).
//
// Weights are stored channel beside channel, so that those of one tap fill the lanes, and are multiplied by one value
// of each of some neighbouring pixels. Nothing in the tables depends on how many lanes there are.
#ifndef BURIN_IR_NN_OPS_LANEROWS_H
#define BURIN_IR_NN_OPS_LANEROWS_H

#include "ir/nn/ops/KernelFamily.h"

namespace burin::nn {

/// Pixels of the larger tiles of rows of `width` pixels with so many channels: as many as there are registers for, at
/// most `most`.
int64_t laneTilePixels(int64_t width, int64_t channels, int64_t most = 6);

/// The family "lanes" (KernelFamily).
bool takesLaneRows(const ConvRows &rows);
bool emitLaneRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                  const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
