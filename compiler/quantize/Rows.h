// The rows of numbers that a layer multiplies its weights with.
#ifndef BURIN_COMPILER_QUANTIZE_ROWS_H
#define BURIN_COMPILER_QUANTIZE_ROWS_H

#include "compiler/quantize/Choose.h"

namespace burin::quantize {

/// Which input elements meet a layer's weights: for Conv, ONNX's windows (pads, strides, dilations, groups) over an
/// input [N][C][H][W] or [N][C][W]; for products, the last axis.
class RowReader {
public:
  /// Nothing for convolutions over more than two axes.
  static std::optional<RowReader> make(const WeightedLayer &layer, const onnx::NodeProto &node,
                                       const std::vector<int64_t> &weightShape, const std::vector<int64_t> &inputShape);

  int64_t count() const { return rows; } ///< of one sample
  /// Appends to `out` the rows of group `group` that number `first`, first + step … have, each of `depth` elements.
  void read(std::span<const float> input, int64_t group, int64_t first, int64_t step, std::vector<float> &out) const;

private:
  void readWindow(const float *input, int64_t row, int64_t group, std::vector<float> &out) const;

  bool isConv = false;
  int64_t rows = 0, depth = 0;
  int64_t channels = 1, groupChannels = 1, height = 1, width = 1, outHeight = 1, outWidth = 1;
  int64_t kernelHeight = 1, kernelWidth = 1, strideY = 1, strideX = 1, padTop = 0, padLeft = 0, dilationY = 1,
          dilationX = 1;
};

} // namespace burin::quantize

#endif
