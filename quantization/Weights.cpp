#include "quantization/Weights.h"
#include "quantization/Scale.h"

#include <cassert>
#include <tuple>

namespace burin::quantization {

int64_t WeightScales::blockLength() const {
  assert(grid.granularity != Granularity::Block || grid.block > 0);
  return grid.granularity == Granularity::Block ? std::min(grid.block, depth) : depth;
}

int64_t WeightScales::blocksPerChannel() const { return depth == 0 ? 1 : (depth + blockLength() - 1) / blockLength(); }

int64_t WeightScales::index(int64_t channel, int64_t at) const {
  switch (grid.granularity) {
  case Granularity::Tensor:
    return 0;
  case Granularity::Channel:
    return channel;
  case Granularity::Block:
    return channel * blocksPerChannel() + at / blockLength();
  }
  return 0;
}

std::pair<int64_t, int64_t> WeightScales::range(int64_t scale) const {
  switch (grid.granularity) {
  case Granularity::Tensor:
    return {0, channels * depth};
  case Granularity::Channel:
    return {scale * depth, (scale + 1) * depth};
  case Granularity::Block:
    break;
  }
  const int64_t channel = scale / blocksPerChannel(), begin = scale % blocksPerChannel() * blockLength();
  return {channel * depth + begin, channel * depth + std::min(begin + blockLength(), depth)};
}

float QuantisedWeights::dequantised(int64_t channel, int64_t at) const {
  const int64_t scale = index(channel, at);
  return static_cast<float>(values[channel * depth + at] - zeros[scale]) * scales[scale];
}

std::vector<float> QuantisedWeights::dequantised() const {
  std::vector<float> result(values.size());
  for (size_t scale = 0; scale < scales.size(); ++scale) {
    const auto [begin, end] = range(static_cast<int64_t>(scale));
    for (int64_t i = begin; i < end; ++i)
      result[i] = static_cast<float>(values[i] - zeros[scale]) * scales[scale];
  }
  return result;
}

WeightScales coveringScales(const WeightMatrix &weights, const WeightGrid &grid) {
  assert(grid.bits >= 2 && grid.bits <= 8);
  WeightScales result{grid, weights.channels, weights.depth, {}, {}};
  const int64_t count = grid.granularity == Granularity::Tensor    ? 1
                        : grid.granularity == Granularity::Channel ? weights.channels
                                                                   : weights.channels * result.blocksPerChannel();
  result.scales.resize(count);
  result.zeros.resize(count);
  for (int64_t scale = 0; scale < count; ++scale) {
    const auto [begin, end] = result.range(scale);
    float low = 0, high = 0;
    for (float w : weights.values.subspan(begin, end - begin)) {
      low = std::min(low, w);
      high = std::max(high, w);
    }
    std::tie(result.scales[scale], result.zeros[scale]) = scaleCovering(low, high, grid);
  }
  return result;
}

std::pair<float, int32_t> scaleCovering(double low, double high, const WeightGrid &grid) {
  const int32_t least = grid.least(), greatest = grid.greatest();
  if (grid.symmetric)
    return {storedScale(std::max(low / least, high / greatest), grid.powerOfTwo), 0};
  const float scale = storedScale((high - low) / (greatest - least), grid.powerOfTwo);
  const double zero = std::nearbyint(least - low / scale);
  return {scale, static_cast<int32_t>(std::clamp<double>(zero, least, greatest))};
}

QuantisedWeights roundNearest(const WeightMatrix &weights, const WeightScales &scales) {
  assert(scales.channels == weights.channels && scales.depth == weights.depth);
  QuantisedWeights result{scales, std::vector<int8_t>(weights.values.size())};
  for (size_t scale = 0; scale < scales.scales.size(); ++scale) {
    const auto [begin, end] = scales.range(static_cast<int64_t>(scale));
    const int32_t zero = scales.zeros[scale];
    const auto least = static_cast<float>(scales.grid.least() - zero);
    const auto greatest = static_cast<float>(scales.grid.greatest() - zero);
    for (int64_t i = begin; i < end; ++i) {
      const float steps = roundedWithin(weights.values[i] / scales.scales[scale], least, greatest);
      result.values[i] = static_cast<int8_t>(static_cast<int32_t>(steps) + zero);
    }
  }
  return result;
}

double weightError(const WeightMatrix &weights, const QuantisedWeights &quantised) {
  const std::vector<float> values = quantised.dequantised();
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double error = static_cast<double>(weights.values[i]) - values[i];
    sum += error * error;
  }
  return sum;
}

int64_t storedBytes(const WeightScales &scales) {
  const int64_t perByte = scales.grid.bits == 2 ? 4 : scales.grid.bits <= 4 ? 2 : 1;
  auto packed = [&](int64_t count) { return (count + perByte - 1) / perByte; };
  const auto count = static_cast<int64_t>(scales.scales.size());
  return packed(scales.channels * scales.depth) + 4 * count + (scales.grid.symmetric ? 0 : packed(count));
}

} // namespace burin::quantization
