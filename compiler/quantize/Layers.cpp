#include "compiler/quantize/Layers.h"

#include <cmath>

namespace burin::quantize {
using namespace quantization;

LayerWeights readLayer(const WeightedLayer &layer, const GraphIndex &index) {
  LayerWeights w;
  std::vector<float> stored = *floatsOf(*index.initializer(layer.weights));
  if (layer.isTransposed) {
    w.real.resize(stored.size());
    for (int64_t k = 0; k < layer.depth; ++k)
      for (int64_t c = 0; c < layer.channels; ++c)
        w.real[static_cast<size_t>(c * layer.depth + k)] = stored[static_cast<size_t>(k * layer.channels + c)];
  } else {
    w.real = std::move(stored);
  }
  w.hasBias = !layer.bias.empty();
  w.bias = w.hasBias ? *floatsOf(*index.initializer(layer.bias))
                     : std::vector<float>(static_cast<size_t>(layer.channels), 0.0f);
  return w;
}

WeightGrid weightGrid(const Spec &spec, const WeightedLayer &layer) {
  return {.bits = layer.scheme.weights,
          .symmetric = true,
          .narrow = layer.scheme.weights == 8, // -128 would make 16-bit sums of two products overflow
          .powerOfTwo = spec.activations == ActivationGrid::PowerOfTwo,
          // A convolution has no blocks: its sums would end in the middle of its windows.
          .granularity =
              layer.isConv && spec.granularity == Granularity::Block ? Granularity::Channel : spec.granularity,
          .block = spec.block};
}

void roundLayer(const WeightedLayer &layer, const Spec &spec, LayerWeights &weights) {
  const WeightGrid grid = weightGrid(spec, layer);
  const WeightMatrix matrix = weights.matrix(layer);
  weights.quantised =
      roundNearest(matrix, spec.clip && grid.bits < 8 ? clippingScales(matrix, grid) : coveringScales(matrix, grid));
}

std::vector<float> biasScales(const WeightedLayer &layer, const LayerWeights &weights, float inputScale) {
  std::vector<float> scales;
  for (int64_t c = 0; c < layer.channels; ++c)
    scales.push_back(inputScale * weights.quantised.scales[static_cast<size_t>(weights.quantised.index(c, 0))]);
  return scales;
}

std::vector<int32_t> integerBias(const WeightedLayer &layer, LayerWeights &weights, float inputScale) {
  constexpr double limit = 1 << 30;
  auto real = [&](size_t c) {
    return static_cast<double>(weights.bias[c]) + (weights.correction.empty() ? 0.0 : weights.correction[c]);
  };
  QuantisedWeights &q = weights.quantised;
  for (size_t c = 0; c < static_cast<size_t>(layer.channels); ++c) {
    float &scale = q.scales[static_cast<size_t>(q.index(static_cast<int64_t>(c), 0))];
    const double least = std::abs(real(c)) / (limit * static_cast<double>(inputScale));
    if (static_cast<double>(scale) < least) {
      scale = static_cast<float>(std::exp2(std::ceil(std::log2(least))));
      q.values = roundNearest(weights.matrix(layer), q).values;
    }
  }
  const std::vector<float> scales = biasScales(layer, weights, inputScale);
  std::vector<int32_t> steps;
  for (size_t c = 0; c < scales.size(); ++c)
    steps.push_back(static_cast<int32_t>(std::nearbyint(real(c) / static_cast<double>(scales[c]))));
  return steps;
}

} // namespace burin::quantize
