#include "ir/nn/ops/Window2d.h"

#include <limits>

namespace burin::nn {

std::optional<int64_t> Window2d::positions(int axis, int64_t in) const {
  const int64_t room = in + padBegin[axis] + padEnd[axis] - extent(axis);
  if (room < 0)
    return std::nullopt;
  return room / strides[axis] + 1;
}

std::string makeWindow(llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
                       llvm::ArrayRef<int64_t> dilations, Window2d &window) {
  constexpr int64_t limit = std::numeric_limits<int32_t>::max();
  if (kernel.size() != 2 || strides.size() != 2 || pads.size() != 4 || dilations.size() != 2)
    return "kernel, strides and dilations have two numbers each, pads four";
  for (int axis = 0; axis < 2; ++axis) {
    window.kernel[axis] = kernel[axis];
    window.strides[axis] = strides[axis];
    window.dilations[axis] = dilations[axis];
    window.padBegin[axis] = pads[axis];
    window.padEnd[axis] = pads[axis + 2];
    for (int64_t n : {kernel[axis], strides[axis], dilations[axis]})
      if (n < 1 || n > limit)
        return "kernel, strides and dilations are positive 32-bit numbers, not " + std::to_string(n);
    for (int64_t n : {pads[axis], pads[axis + 2]})
      if (n < -limit || n > limit)
        return "a pad is a 32-bit number, not " + std::to_string(n);
    if (window.extent(axis) > limit)
      return "the window spans " + std::to_string(window.extent(axis)) + " positions";
  }
  return "";
}

} // namespace burin::nn
