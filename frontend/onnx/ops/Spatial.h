// What convolutions and pools have in common: windows over the spatial axes, and the way to NHWC and back.
#ifndef BURIN_FRONTEND_ONNX_OPS_SPATIAL_H
#define BURIN_FRONTEND_ONNX_OPS_SPATIAL_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

/// The windows of one spatial axis.
struct AxisWindow {
  int64_t kernel = 1, stride = 1, dilation = 1, padBegin = 0, padEnd = 0;
  int64_t extent() const { return (kernel - 1) * dilation + 1; }
};

/// How many windows fit an axis of `in` elements, as ONNX counts them; 0 if none does. With `ceilMode` a last window
/// may hang over the end, unless it would start behind the input and its leading pad. Source: ONNX AveragePool-22,
/// MaxPool-22, Conv-22.
int64_t windowCount(int64_t in, const AxisWindow &w, bool ceilMode);

/// Sets the pads that `auto_pad` means: SAME gives ceil(in / stride) windows, the odd element of padding at the end
/// (UPPER) or at the beginning (LOWER).
void padToSame(int64_t in, AxisWindow &w, bool upper);

/// The windows that the node's attributes kernel_shape, strides, dilations, pads and auto_pad describe, one per spatial
/// axis of the input. `kernel` is the shape of the weights' spatial axes, or empty if the attribute must give it.
std::optional<std::vector<AxisWindow>> readWindows(NodeContext &n, llvm::ArrayRef<int64_t> spatial,
                                                   llvm::ArrayRef<int64_t> kernel);

/// The windows of two axes in the form of nn operators. A single axis is W, and H has length 1.
struct Windows2d {
  explicit Windows2d(llvm::ArrayRef<AxisWindow> windows);
  Shape kernel, strides, dilations, pads;
};

/// [N,C,H,W] or [N,C,W] as [N,H,W,C].
mlir::Value toNhwc(NodeContext &n, mlir::Value x);
/// The way back to `rank` axes.
mlir::Value fromNhwc(NodeContext &n, mlir::Value x, int64_t rank);

} // namespace burin::importer

#endif
