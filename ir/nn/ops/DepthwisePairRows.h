// Integer depthwise convolutions for machines that multiply two pairs of 16-bit integers at a time (brn_depthwise3*,
// brn_depthwise_pairs*): 3x3 windows slide over a row channel by channel, others are made pixel by pixel, four channels
// at a time. runtime-min/kernels/conv has both.
#ifndef BURIN_IR_NN_OPS_DEPTHWISEPAIRROWS_H
#define BURIN_IR_NN_OPS_DEPTHWISEPAIRROWS_H

#include "ir/nn/ops/ConvRows.h"
#include "ir/nn/ops/IntegerEpilogue.h"

namespace burin::nn {

/// Whether there is a kernel for a depthwise convolution that takesPairs (ir/nn/ops/PairRows.h).
bool takesDepthwisePairRows(const ConvRows &rows);

/// Emits it; arguments and result are those of emitPairRows.
bool emitDepthwisePairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                           const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
