// The sliding window of convolutions and pools: what its attributes may be, and how many positions it has.
#ifndef BURIN_IR_NN_OPS_WINDOW2D_H
#define BURIN_IR_NN_OPS_WINDOW2D_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace burin::nn {

/// Axis 0 is the height, axis 1 the width.
struct Window2d {
  int64_t kernel[2] = {1, 1};
  int64_t strides[2] = {1, 1};
  int64_t padBegin[2] = {0, 0}; ///< top, left
  int64_t padEnd[2] = {0, 0};   ///< bottom, right
  int64_t dilations[2] = {1, 1};

  /// Input positions from the first tap to the last.
  int64_t extent(int axis) const { return dilations[axis] * (kernel[axis] - 1) + 1; }
  /// floor((in + pads - extent) / stride) + 1, or nullopt if the window doesn't fit once.
  std::optional<int64_t> positions(int axis, int64_t in) const;
};

/// The window of these attributes (pads: top, left, bottom, right), or what is wrong with them: a wrong count, a
/// stride, dilation or kernel extent below 1, or a number that doesn't fit the kernels' 32-bit parameters.
std::string makeWindow(llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
                       llvm::ArrayRef<int64_t> dilations, Window2d &window);

} // namespace burin::nn

#endif
