// Integer depthwise convolutions for machines with vectors of sixteen bytes (brn_depthwise_dots*): lanes are channels,
// neighbouring taps' products are added in 16 bits where their sum is proven to fit.
#ifndef BURIN_IR_NN_OPS_DEPTHWISEDOTROWS_H
#define BURIN_IR_NN_OPS_DEPTHWISEDOTROWS_H

#include "ir/nn/ops/KernelFamily.h"

namespace burin::nn {

/// What the family "dots" (ir/nn/ops/DotRows.h) does with depthwise convolutions.
bool takesDepthwiseDotRows(const ConvRows &rows);
bool emitDepthwiseDotRows(Lowering &l, const ConvRows &rows, const IntegerWeights &weights, const ChannelSums &sums,
                          const Requantisation &r, llvm::StringRef form);

} // namespace burin::nn

#endif
