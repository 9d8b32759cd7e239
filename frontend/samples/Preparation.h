// What is done to samples before the model gets them.
#pragma once

#include "frontend/samples/SampleOptions.h"
#include "ir/diagnostics/Diagnostics.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace burin {

/// Height and width in pixels.
struct ImageSize {
  int64_t height = 0, width = 0;
  bool operator==(const ImageSize &) const = default;
};

enum class ImageChannels { Rgb, Bgr, Gray };
enum class ArrayLayout { ChannelsFirst, ChannelsLast };

/// In this order, all in float32:
///  1. images: decoded to 0 … 255; `channels` (without it: gray for one channel, else rgb);
///  2. `resize`: bilinear with antialiasing, as ONNX Resize-18 "linear" has it; then `crop` from the centre. Without
///     both, an image is resized to the input's size;
///     recordings: −1 … 1, resampled to `rate`, cut into windows every `hop` frames (without it: the first one),
///     the last one filled up with zeros;
///  3. every value: (x · `scale` − `mean`) / `std`, the last two by channel;
///  4. to the input's element type: floats are rounded to nearest; integers to nearest, ties to even, and must fit.
///     A recording for an integer input of b bits counts in steps of 2^(1−b), unless `scale` is given.
struct Preparation {
  std::optional<ImageSize> resize, crop;
  std::optional<ImageChannels> channels;
  std::optional<ArrayLayout> layout;
  std::optional<float> scale;
  std::vector<float> mean, std; ///< empty, one value, or one for each channel
  std::optional<int64_t> rate;  ///< Hz
  std::optional<int64_t> hop;   ///< frames

  bool hasArithmetic() const { return scale || !mean.empty() || !std.empty(); }
};

/// Nothing, and BRN1512, if a flag can't be understood.
std::optional<Preparation> parsePreparation(const SampleOptions &options, DiagnosticSink &sink);

} // namespace burin
