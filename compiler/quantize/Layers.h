// Weights and biases of the layers as integers.
#ifndef BURIN_COMPILER_QUANTIZE_LAYERS_H
#define BURIN_COMPILER_QUANTIZE_LAYERS_H

#include "compiler/quantize/Choose.h"
#include "quantization/Weights.h"

namespace burin::quantize {

/// A layer's float weights in the order of the algorithms, and what becomes of them.
struct LayerWeights {
  std::vector<float> real; ///< [channels][depth]
  std::vector<float> bias; ///< [channels]; zeros without a bias
  bool hasBias = false;
  quantization::QuantisedWeights quantised;
  std::vector<double> correction; ///< added to the bias; empty: nothing

  quantization::WeightMatrix matrix(const WeightedLayer &layer) const { return {real, layer.channels, layer.depth}; }
};

/// The float weights and bias of `layer`.
LayerWeights readLayer(const WeightedLayer &layer, const GraphIndex &index);

quantization::WeightGrid weightGrid(const Spec &spec, const WeightedLayer &layer);

/// Scales and integers rounded to nearest; below 8 bits the scales may clip, as `spec` says.
void roundLayer(const WeightedLayer &layer, const Spec &spec, LayerWeights &weights);

/// The bias in steps of inputScale * weightScale[c], rounded to nearest. Scales of weights are raised where it
/// wouldn't fit 2^30 steps: the weights of such a channel hardly matter beside it.
std::vector<int32_t> integerBias(const WeightedLayer &layer, LayerWeights &weights, float inputScale);

/// Scales of the bias: float32(inputScale * weightScale[c]), one for each channel.
std::vector<float> biasScales(const WeightedLayer &layer, const LayerWeights &weights, float inputScale);

} // namespace burin::quantize

#endif
