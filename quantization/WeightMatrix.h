// The weights of one layer as a matrix.
#pragma once

#include <cstdint>
#include <span>

namespace burin::quantization {

/// Weights of one layer (of one group, if it has several), row-major [channels][depth]: output y_c = sum_d w_cd x_d.
/// The caller chooses the order along the depth; a block of weights is contiguous in it. All values are finite.
struct WeightMatrix {
  std::span<const float> values;
  int64_t channels, depth;

  std::span<const float> channel(int64_t c) const { return values.subspan(c * depth, depth); }
};

} // namespace burin::quantization
