// What brings the sums of kernels that requantise by the upper half of a product (ir/numerics/HighMultiplier.h) to
// stored results.
#ifndef BURIN_IR_NN_OPS_CHANNELSCALES_H
#define BURIN_IR_NN_OPS_CHANNELSCALES_H

#include "ir/nn/Lowering.h"
#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/numerics/HighMultiplier.h"

namespace burin::nn {

/// First sum and multiplier per channel, and what brn_channel_scales wants besides (runtime-min/kernels/conv).
struct ChannelScales {
  std::vector<int32_t> bias;
  std::vector<numerics::HighMultiplier> high; ///< one per channel
  numerics::HighScale common;
  int32_t lo = 0, hi = 0;

  /// The channel's multiplier as tables hold it: the sign bit says that there are exceptions.
  int32_t multOf(size_t channel) const;
  /// bias and mult of channel after channel; each group of `perGroup` padded with zeros to a multiple of `granule`.
  std::vector<int32_t> table(int64_t perGroup, int64_t granule) const;
  /// Of the channels that have some, in turn: how many, then pairs of sum and result. Groups of `perGroup` channels
  /// have equally long lists, `length` is theirs.
  std::vector<int32_t> exceptions(int64_t perGroup, int64_t &length) const;
};

/// What channels share where the shift is part of a kernel's code: quarters of a result.
numerics::HighScale quarters(int32_t zero);

/// The scales that give what the usual kernels of `form` ("", "tflite_" or "fine_") give with `r`, for every sum that
/// can occur. `common`: what the kernel wants the channels to share; absent: the finest that there is. Nullopt if some
/// channel has no such multiplier, or too many exceptions.
std::optional<ChannelScales> channelScales(const ChannelSums &sums, const Requantisation &r, llvm::StringRef form,
                                           std::optional<numerics::HighScale> common = {});

} // namespace burin::nn

#endif
