#include "quantization/Pruning.h"
#include "quantization/Reconstruct.h"
#include "quantization/Scale.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace burin::quantization {

QuantisedWeights roundByInterval(const WeightMatrix &weights, const WeightGrid &grid, const PruningInterval &interval,
                                 const Moments &moments) {
  assert(grid.symmetric && 0 <= interval.prune && interval.prune < interval.clip);
  const auto greatest = static_cast<float>(grid.greatest());
  QuantisedWeights result{coveringScales(weights, grid), {}};
  const double unit = (static_cast<double>(interval.clip) - interval.prune) / grid.greatest();
  for (float w : weights.values) {
    const auto steps = static_cast<float>((std::abs(w) - static_cast<double>(interval.prune)) / unit);
    const float size = roundedWithin(steps, 0, greatest);
    result.values.push_back(static_cast<int8_t>(std::copysign(size, w)));
  }
  // The middle of what is mapped to an integer, at the greatest one, is a scale to begin with.
  for (float &scale : result.scales)
    scale = storedScale(static_cast<double>(interval.clip) / grid.greatest(), grid.powerOfTwo);
  refitScales(weights, moments, result);
  return result;
}

static int64_t countZeros(const QuantisedWeights &quantised) {
  return std::count(quantised.values.begin(), quantised.values.end(), 0);
}

PrunedWeights searchPruningInterval(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments,
                                    const PruningOptions &options) {
  float greatest = 0;
  for (float w : weights.values)
    greatest = std::max(greatest, std::abs(w));
  if (greatest == 0)
    greatest = 1;
  struct Candidate {
    PruningInterval interval;
    double error;
    int64_t zeros;
  };
  std::vector<Candidate> candidates;
  double least = std::numeric_limits<double>::infinity();
  for (int clipStep = 0; clipStep <= 12; ++clipStep)       // down to an eighth, by quarters of an octave
    for (int pruneStep = 0; pruneStep < 12; ++pruneStep) { // up to half of that
      const auto clip = static_cast<float>(greatest * std::exp2(-clipStep / 4.0));
      const PruningInterval interval{clip * static_cast<float>(pruneStep) / 24, clip};
      const QuantisedWeights q = roundByInterval(weights, grid, interval, moments);
      candidates.push_back({interval, outputError(weights, q, moments), countZeros(q)});
      least = std::min(least, candidates.back().error);
    }
  const Candidate *best = nullptr;
  for (const Candidate &candidate : candidates)
    if (candidate.error <= least * (1 + options.tolerance) &&
        (!best || candidate.zeros > best->zeros || (candidate.zeros == best->zeros && candidate.error < best->error)))
      best = &candidate;
  return {best->interval, roundByInterval(weights, grid, best->interval, moments), best->zeros};
}

} // namespace burin::quantization
