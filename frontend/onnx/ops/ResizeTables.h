// Which input elements an output element of Resize is made of, and with which weights: one axis at a time.
#ifndef BURIN_FRONTEND_ONNX_OPS_RESIZETABLES_H
#define BURIN_FRONTEND_ONNX_OPS_RESIZETABLES_H

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace burin::importer {

enum class ResizeMode { Nearest, Linear, Cubic };
enum class ResizeCoordinates {
  HalfPixel,
  HalfPixelSymmetric,
  PytorchHalfPixel,
  AlignCorners,
  Asymmetric,
  TfCropAndResize,
  TfHalfPixelForNn
};
enum class ResizeRounding {
  PreferFloor,
  PreferCeil,
  Floor,
  Ceil,
  /// Opsets before 11, which left it open; as ONNX Runtime does: ceil when shrinking, else floor.
  Legacy
};

std::optional<ResizeMode> parseResizeMode(std::string_view text);
std::optional<ResizeCoordinates> parseResizeCoordinates(std::string_view text);
std::optional<ResizeRounding> parseResizeRounding(std::string_view text);

struct ResizeAxis {
  int64_t in = 1, out = 1;
  double scale = 1;                ///< as given; out / in before rounding
  double roiStart = 0, roiEnd = 1; ///< TfCropAndResize only, in parts of the input
  ResizeMode mode = ResizeMode::Nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::HalfPixel;
  ResizeRounding rounding = ResizeRounding::PreferFloor;
  double cubicA = -0.75;
  bool excludeOutside = false, antialias = false;
};

/// Output element i is the sum over t < taps of weights[i * taps + t] times input element indices[i * taps + t].
/// Indices lie inside the input. `outside[i]` (TfCropAndResize): the element takes the extrapolation value instead; its
/// weights are 0.
struct ResizeTable {
  int64_t taps = 1;
  std::vector<int32_t> indices;
  std::vector<float> weights;
  std::vector<bool> outside;
};

/// Source: ONNX Resize-10..19, Upsample-7..9. `in` and `out` are positive and `scale` is.
ResizeTable makeResizeTable(const ResizeAxis &axis);

} // namespace burin::importer

#endif
