#include "quantization/Ranges.h"
#include "quantization/Scale.h"

#include <cassert>

namespace burin::quantization {

int32_t Affine::quantise(float x, const Grid &grid) const {
  if (std::isnan(x))
    return zero;
  const auto offset = static_cast<float>(zero);
  const float least = static_cast<float>(grid.least()) - offset,
              greatest = static_cast<float>(grid.greatest()) - offset;
  return static_cast<int32_t>(roundedWithin(x / scale, least, greatest)) + zero;
}

Affine affineFor(const Interval &interval, const Grid &grid) {
  assert(grid.bits >= 2 && grid.bits <= 16 && std::isfinite(interval.low) && std::isfinite(interval.high));
  const double low = std::min(interval.low, 0.0f), high = std::max(interval.high, 0.0f);
  const int32_t least = grid.least(), greatest = grid.greatest();
  if (grid.symmetric) {
    const int32_t middle = least + (1 << (grid.bits - 1));
    return {storedScale(std::max(-low, high) / (greatest - middle), grid.powerOfTwo), middle};
  }
  const float scale = storedScale((high - low) / (greatest - least), grid.powerOfTwo);
  const double zero = std::nearbyint(least - low / scale);
  return {scale, static_cast<int32_t>(std::clamp<double>(zero, least, greatest))};
}

Interval covered(const Affine &affine, const Grid &grid) {
  return {affine.dequantise(grid.least()), affine.dequantise(grid.greatest())};
}

} // namespace burin::quantization
