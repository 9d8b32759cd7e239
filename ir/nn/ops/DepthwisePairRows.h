// Integer depthwise convolutions for machines that multiply two pairs of 16-bit integers at a time (brn_depthwise3*,
// brn_depthwise_pairs*): 3x3 windows slide over a row channel by channel, others are made pixel by pixel, four channels
// at a time. runtime-min/kernels/conv has both.
#ifndef BURIN_IR_NN_OPS_DEPTHWISEPAIRROWS_H
#define BURIN_IR_NN_OPS_DEPTHWISEPAIRROWS_H

#include "ir/nn/ops/KernelFamily.h"

namespace burin::nn {

/// A unit attribute on a depthwise convolution: it is made pixel by pixel even where windows could slide, to share the
/// code with others.
inline constexpr llvm::StringLiteral anyTapsAttrName = "nn.any_taps";

/// What the family "pairs" (ir/nn/ops/PairRows.h) does with depthwise convolutions.
bool takesDepthwisePairRows(const ConvRows &rows);
bool emitDepthwisePairRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                           const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
