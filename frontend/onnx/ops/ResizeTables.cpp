#include "frontend/onnx/ops/ResizeTables.h"

#include <algorithm>
#include <cmath>

namespace burin::importer {

std::optional<ResizeMode> parseResizeMode(std::string_view text) {
  if (text == "nearest")
    return ResizeMode::Nearest;
  if (text == "linear" || text == "bilinear")
    return ResizeMode::Linear;
  if (text == "cubic")
    return ResizeMode::Cubic;
  return std::nullopt;
}

std::optional<ResizeCoordinates> parseResizeCoordinates(std::string_view text) {
  if (text == "half_pixel")
    return ResizeCoordinates::HalfPixel;
  if (text == "half_pixel_symmetric")
    return ResizeCoordinates::HalfPixelSymmetric;
  if (text == "pytorch_half_pixel")
    return ResizeCoordinates::PytorchHalfPixel;
  if (text == "align_corners")
    return ResizeCoordinates::AlignCorners;
  if (text == "asymmetric")
    return ResizeCoordinates::Asymmetric;
  if (text == "tf_crop_and_resize")
    return ResizeCoordinates::TfCropAndResize;
  if (text == "tf_half_pixel_for_nn") // opset 11 only
    return ResizeCoordinates::TfHalfPixelForNn;
  return std::nullopt;
}

std::optional<ResizeRounding> parseResizeRounding(std::string_view text) {
  if (text == "round_prefer_floor")
    return ResizeRounding::PreferFloor;
  if (text == "round_prefer_ceil")
    return ResizeRounding::PreferCeil;
  if (text == "floor")
    return ResizeRounding::Floor;
  if (text == "ceil")
    return ResizeRounding::Ceil;
  return std::nullopt;
}

namespace {

/// Coordinates are ONNX Runtime's, each step rounded to float32: on which side of a border between two elements they
/// lie hangs on that.
double rounded(double x) { return static_cast<double>(static_cast<float>(x)); }

double unscaled(const ResizeAxis &axis, double position) { return rounded(position / rounded(axis.scale)); }

/// The place in the input that output element `i` shows, in input elements.
double sourceCoordinate(const ResizeAxis &axis, double i) {
  const double in = static_cast<double>(axis.in), width = axis.scale * in; // width: the output's, not yet an integer
  switch (axis.coordinates) {
  case ResizeCoordinates::AlignCorners:
    return width == 1 ? 0 : rounded(i * (in - 1) / (width - 1));
  case ResizeCoordinates::Asymmetric:
    return unscaled(axis, i);
  case ResizeCoordinates::TfCropAndResize: {
    const double extent = (axis.roiEnd - axis.roiStart) * (in - 1);
    return axis.roiStart * (in - 1) + (width == 1 ? extent / 2 : i * extent / (width - 1));
  }
  case ResizeCoordinates::PytorchHalfPixel:
    // ONNX says 0 for a single output element; -0.5 is clamped to the same by every mode but cubic, and is what its
    // tests expect.
    return width == 1 ? -0.5 : rounded(unscaled(axis, i + 0.5) - 0.5);
  case ResizeCoordinates::HalfPixelSymmetric:
    // The centres of input and output coincide, although the output was rounded.
    return rounded(in / 2 * (1 - static_cast<double>(axis.out) / width) + unscaled(axis, i + 0.5) - 0.5);
  case ResizeCoordinates::TfHalfPixelForNn:
    return unscaled(axis, i + 0.5);
  case ResizeCoordinates::HalfPixel:
    break;
  }
  return rounded(unscaled(axis, i + 0.5) - 0.5);
}

double nearest(const ResizeAxis &axis, double x) {
  constexpr double tie = 1e-6; // so near the middle of two elements, the preferred one is taken: as ONNX Runtime does
  switch (axis.rounding) {
  case ResizeRounding::Floor:
    return std::floor(x);
  case ResizeRounding::Ceil:
    return std::ceil(x);
  case ResizeRounding::PreferCeil:
    return std::floor(x + 0.5 + tie);
  case ResizeRounding::Legacy:
    return axis.scale < 1 ? std::ceil(x) : std::floor(x);
  case ResizeRounding::PreferFloor:
    break;
  }
  return std::ceil(x - 0.5 - tie);
}

/// The filter at distance `d` from its centre: a triangle, or Keys' cubic convolution (1981).
double filter(const ResizeAxis &axis, double d) {
  d = std::abs(d);
  if (axis.mode == ResizeMode::Linear)
    return std::max(0.0, 1 - d);
  const double a = axis.cubicA;
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

/// Taps from floor(x) - reach + 1 to floor(x) + reach, the filter stretched by 1 / stretch.
void appendFiltered(const ResizeAxis &axis, ResizeTable &table, double x, double stretch, int64_t reach,
                    bool normalize) {
  const double first = std::floor(x) - static_cast<double>(reach) + 1;
  std::vector<double> weights;
  double sum = 0;
  for (int64_t t = 0; t < table.taps; ++t) {
    const double position = first + static_cast<double>(t);
    const bool isOutside = position < 0 || position > static_cast<double>(axis.in - 1);
    weights.push_back(isOutside && axis.excludeOutside ? 0 : filter(axis, (position - x) * stretch));
    sum += weights.back();
    table.indices.push_back(static_cast<int32_t>(std::clamp(position, 0.0, static_cast<double>(axis.in - 1))));
  }
  const double factor = normalize && sum != 0 ? 1 / sum : 1;
  for (double w : weights)
    table.weights.push_back(static_cast<float>(w * factor));
}

} // namespace

ResizeTable makeResizeTable(const ResizeAxis &axis) {
  ResizeTable table;
  // Antialiasing widens the filter when shrinking, so that every input element counts somewhere.
  const double stretch = axis.antialias ? std::min(axis.scale, 1.0) : 1.0;
  const double radius = axis.mode == ResizeMode::Cubic ? 2 : 1;
  const int64_t reach = static_cast<int64_t>(std::ceil(std::min(radius / stretch, static_cast<double>(axis.in) + 2)));
  if (axis.mode != ResizeMode::Nearest)
    table.taps = 2 * reach;
  for (int64_t i = 0; i < axis.out; ++i) {
    const double last = static_cast<double>(axis.in - 1);
    const double x = sourceCoordinate(axis, static_cast<double>(i));
    const bool isOutside = axis.coordinates == ResizeCoordinates::TfCropAndResize && !(x >= 0 && x <= last);
    table.outside.push_back(isOutside);
    if (isOutside) {
      table.indices.insert(table.indices.end(), static_cast<size_t>(table.taps), 0);
      table.weights.insert(table.weights.end(), static_cast<size_t>(table.taps), 0.0f);
    } else if (axis.mode == ResizeMode::Nearest) {
      table.indices.push_back(static_cast<int32_t>(std::clamp(nearest(axis, x), 0.0, last)));
      table.weights.push_back(1);
    } else {
      // Far outside, all taps are the edge; cutting keeps the integers small.
      appendFiltered(axis, table, std::clamp(x, -static_cast<double>(reach) - 2, last + static_cast<double>(reach) + 2),
                     stretch, reach, axis.excludeOutside || axis.antialias);
    }
  }
  return table;
}

} // namespace burin::importer
