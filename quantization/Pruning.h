// Quantisation intervals that prune: small weights become 0, large ones are clipped. A plain algorithm.
#pragma once

#include "quantization/Moments.h"
#include "quantization/Weights.h"

namespace burin::quantization {

/// |w| <= prune becomes 0, |w| >= clip the greatest integer, what is between is mapped linearly (S. Jung et al.,
/// "Learning to Quantize Deep Networks by Optimizing Quantization Intervals", CVPR 2019). Both are parts of the
/// greatest |w| that shares the scale: 0 <= prune < clip.
struct PruningInterval {
  float prune, clip;
};

/// q = sign(w) rne(clamp((|w| - prune) / (clip - prune), 0, 1) * greatest); scales by least squares, refitScales().
/// The grid is symmetric; -2^(bits-1) isn't used.
QuantisedWeights roundByInterval(const WeightMatrix &weights, const WeightGrid &grid, const PruningInterval &interval,
                                 const Moments &moments);

struct PruningOptions {
  /// By which part the output's error may exceed the least that was found, in exchange for weights that are 0.
  double tolerance = 0.1;
};

struct PrunedWeights {
  PruningInterval interval;
  QuantisedWeights weights;
  int64_t zeroWeights; ///< of all
};

/// The interval with most weights pruned whose output error is at most (1 + tolerance) times the least; searched
/// without training.
PrunedWeights searchPruningInterval(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments,
                                    const PruningOptions &options = {});

} // namespace burin::quantization
