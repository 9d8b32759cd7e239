#include "compiler/quantize/Rows.h"

#include <numeric>

namespace burin::quantize {

namespace {

/// One axis of a convolution.
struct Axis {
  int64_t in = 1, kernel = 1, stride = 1, dilation = 1, padBegin = 0, padEnd = 0;
  int64_t out() const { return (in + padBegin + padEnd - dilation * (kernel - 1) - 1) / stride + 1; }
};

int64_t entry(const std::vector<int64_t> &list, size_t i, int64_t otherwise) {
  return i < list.size() ? list[i] : otherwise;
}

std::vector<Axis> axesOf(const onnx::NodeProto &node, const std::vector<int64_t> &weights,
                         const std::vector<int64_t> &input) {
  const std::vector<int64_t> strides = intsAttribute(node, "strides"), dilations = intsAttribute(node, "dilations"),
                             pads = intsAttribute(node, "pads");
  const onnx::AttributeProto *mode = attribute(node, "auto_pad");
  const bool upper = mode && mode->s() == "SAME_UPPER", lower = mode && mode->s() == "SAME_LOWER",
             valid = mode && mode->s() == "VALID";
  std::vector<Axis> axes;
  const size_t n = weights.size() - 2;
  for (size_t i = 0; i < n; ++i) {
    Axis a{input[i + 2], weights[i + 2], entry(strides, i, 1), entry(dilations, i, 1), 0, 0};
    if (upper || lower) {
      const int64_t out = (a.in + a.stride - 1) / a.stride;
      const int64_t total = std::max<int64_t>(0, (out - 1) * a.stride + a.dilation * (a.kernel - 1) + 1 - a.in);
      a.padBegin = upper ? total / 2 : total - total / 2;
      a.padEnd = total - a.padBegin;
    } else if (!valid) {
      a.padBegin = entry(pads, i, 0);
      a.padEnd = entry(pads, i + n, 0);
    }
    axes.push_back(a);
  }
  return axes;
}

} // namespace

std::optional<RowReader> RowReader::make(const WeightedLayer &layer, const onnx::NodeProto &node,
                                         const std::vector<int64_t> &weightShape,
                                         const std::vector<int64_t> &inputShape) {
  RowReader r;
  r.isConv = layer.isConv;
  r.depth = layer.depth;
  const int64_t elements = std::accumulate(inputShape.begin(), inputShape.end(), int64_t{1}, std::multiplies<>());
  if (!layer.isConv) {
    r.rows = elements / std::max<int64_t>(layer.depth, 1);
    return r;
  }
  if (weightShape.size() > 4 || weightShape.size() != inputShape.size())
    return std::nullopt;
  std::vector<Axis> axes = axesOf(node, weightShape, inputShape);
  if (axes.size() == 1)
    axes.insert(axes.begin(), Axis());
  r.channels = inputShape[1];
  r.groupChannels = weightShape[1];
  r.height = axes[0].in, r.width = axes[1].in;
  r.kernelHeight = axes[0].kernel, r.kernelWidth = axes[1].kernel;
  r.strideY = axes[0].stride, r.strideX = axes[1].stride;
  r.dilationY = axes[0].dilation, r.dilationX = axes[1].dilation;
  r.padTop = axes[0].padBegin, r.padLeft = axes[1].padBegin;
  r.outHeight = axes[0].out(), r.outWidth = axes[1].out();
  r.rows = inputShape[0] * r.outHeight * r.outWidth;
  return r;
}

void RowReader::read(std::span<const float> input, int64_t group, int64_t first, int64_t step,
                     std::vector<float> &out) const {
  for (int64_t row = first; row < rows; row += step) {
    if (isConv)
      readWindow(input.data(), row, group, out);
    else
      out.insert(out.end(), input.begin() + row * depth, input.begin() + (row + 1) * depth);
  }
}

void RowReader::readWindow(const float *input, int64_t row, int64_t group, std::vector<float> &out) const {
  const int64_t x0 = row % outWidth * strideX - padLeft, y0 = row / outWidth % outHeight * strideY - padTop;
  const float *image = input + (row / (outWidth * outHeight) * channels + group * groupChannels) * height * width;
  for (int64_t c = 0; c < groupChannels; ++c)
    for (int64_t ky = 0; ky < kernelHeight; ++ky)
      for (int64_t kx = 0; kx < kernelWidth; ++kx) {
        const int64_t y = y0 + ky * dilationY, x = x0 + kx * dilationX;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        out.push_back(inside ? image[(c * height + y) * width + x] : 0.0f);
      }
}

} // namespace burin::quantize
