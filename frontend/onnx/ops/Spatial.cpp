#include "frontend/onnx/ops/Spatial.h"

namespace burin::importer {
using namespace mlir;

int64_t windowCount(int64_t in, const AxisWindow &w, bool ceilMode) {
  const int64_t free = in + w.padBegin + w.padEnd - w.extent();
  if (free < 0)
    return 0;
  int64_t count = (ceilMode ? free + w.stride - 1 : free) / w.stride + 1;
  if (ceilMode && (count - 1) * w.stride >= in + w.padBegin)
    --count;
  return count;
}

void padToSame(int64_t in, AxisWindow &w, bool upper) {
  const int64_t count = (in + w.stride - 1) / w.stride;
  const int64_t total = std::max<int64_t>(0, (count - 1) * w.stride + w.extent() - in);
  const int64_t small = total / 2;
  w.padBegin = upper ? small : total - small;
  w.padEnd = total - w.padBegin;
}

std::optional<std::vector<AxisWindow>> readWindows(NodeContext &n, ArrayRef<int64_t> spatial,
                                                   ArrayRef<int64_t> kernel) {
  constexpr int64_t limit = 1 << 24; // products of two of these stay far from overflow
  const size_t axes = spatial.size();
  const Shape kernelShape = n.intsAttr("kernel_shape", Shape(kernel)), strides = n.intsAttr("strides", Shape(axes, 1)),
              dilations = n.intsAttr("dilations", Shape(axes, 1)), pads = n.intsAttr("pads", Shape(2 * axes, 0));
  const std::string autoPad = n.stringAttr("auto_pad", "NOTSET");
  if (!n.require(kernelShape.size() == axes && strides.size() == axes && dilations.size() == axes &&
                     pads.size() == 2 * axes,
                 "kernel_shape, strides, dilations or pads have another number of axes than the input") ||
      !n.require(kernel.empty() || ArrayRef<int64_t>(kernelShape) == kernel,
                 "kernel_shape contradicts the shape of the weights") ||
      !n.require(autoPad == "NOTSET" || autoPad == "VALID" || autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER",
                 "\"auto_pad\" has an unknown value"))
    return std::nullopt;
  std::vector<AxisWindow> windows;
  for (size_t i = 0; i < axes; ++i) {
    AxisWindow w{kernelShape[i], strides[i], dilations[i], 0, 0};
    for (int64_t v : {w.kernel, w.stride, w.dilation})
      n.require(v >= 1 && v < limit, "kernel_shape, strides and dilations must be positive");
    for (int64_t pad : {pads[i], pads[i + axes]})
      n.require(pad > -limit && pad < limit, "a pad is huge");
    if (n.failed())
      return std::nullopt;
    if (autoPad == "NOTSET") {
      w.padBegin = pads[i];
      w.padEnd = pads[i + axes];
    } else if (autoPad != "VALID") {
      padToSame(spatial[i], w, autoPad == "SAME_UPPER");
    }
    windows.push_back(w);
  }
  return windows;
}

Windows2d::Windows2d(ArrayRef<AxisWindow> windows) {
  std::vector<AxisWindow> both(windows.begin(), windows.end());
  if (both.size() == 1)
    both.insert(both.begin(), AxisWindow());
  for (const AxisWindow &w : both) {
    kernel.push_back(w.kernel);
    strides.push_back(w.stride);
    dilations.push_back(w.dilation);
  }
  pads = {both[0].padBegin, both[1].padBegin, both[0].padEnd, both[1].padEnd};
}

Value toNhwc(NodeContext &n, Value x) {
  if (n.rank(x) == 4)
    return n.transpose(x, {0, 2, 3, 1});
  return n.insertAxis(n.transpose(x, {0, 2, 1}), 1);
}

Value fromNhwc(NodeContext &n, Value x, int64_t rank) {
  if (rank == 4)
    return n.transpose(x, {0, 3, 1, 2});
  return n.transpose(n.removeAxis(x, 1), {0, 2, 1});
}

} // namespace burin::importer
