#include "quantization/Reconstruct.h"
#include "quantization/OutputError.h"

#include <algorithm>

namespace burin::quantization {

/// Takes the channels of `other`, of the same scales, that err less.
static void takeBetterChannels(const WeightMatrix &weights, const Moments &moments, const QuantisedWeights &other,
                               QuantisedWeights &best) {
  auto error = [&](const QuantisedWeights &q, int64_t c) {
    return channelOutputError(moments, c, channelError(weights, q, c));
  };
  for (int64_t c = 0; c < weights.channels; ++c)
    if (error(other, c) < error(best, c))
      std::copy_n(other.values.begin() + c * weights.depth, weights.depth, best.values.begin() + c * weights.depth);
}

QuantisedWeights reconstruct(const WeightMatrix &weights, const WeightGrid &grid, const Moments &collected,
                             const ReconstructOptions &options) {
  const Moments moments = collected.damped(options.damping);
  LearnOptions single = options.learn; // pairs take most of the time: they come last
  single.pairs = false;
  const WeightScales scales = clippingScales(weights, grid, moments, options.learn.threads);
  QuantisedWeights best = learnRounding(weights, roundNearest(weights, scales), moments, single);
  for (bool byActivation : {true, false}) {
    const HessianOptions hessian{.damping = 0, .byActivation = byActivation}; // damped already
    const QuantisedWeights start = hessianRounding(weights, scales, moments, hessian);
    takeBetterChannels(weights, moments, learnRounding(weights, start, moments, single), best);
  }
  for (int round = 0; round < options.refits; ++round) {
    refitScales(weights, moments, best);
    best = learnRounding(weights, best, moments, single);
  }
  return options.learn.pairs ? learnRounding(weights, best, moments, options.learn) : best;
}

} // namespace burin::quantization
