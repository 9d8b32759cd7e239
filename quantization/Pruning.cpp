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
  WeightGrid narrow = grid;
  narrow.narrow = true;
  QuantisedWeights result{coveringScales(weights, narrow), std::vector<int8_t>(weights.values.size())};
  const auto greatest = static_cast<float>(grid.greatest());
  for (size_t scale = 0; scale < result.scales.size(); ++scale) {
    const auto [begin, end] = result.range(static_cast<int64_t>(scale));
    double most = 0;
    for (int64_t i = begin; i < end; ++i)
      most = std::max<double>(most, std::abs(weights.values[i]));
    if (most == 0)
      continue;
    const double prune = interval.prune * most, unit = (interval.clip * most - prune) / greatest;
    for (int64_t i = begin; i < end; ++i) {
      const auto steps = static_cast<float>((std::abs(weights.values[i]) - prune) / unit);
      result.values[i] = static_cast<int8_t>(std::copysign(roundedWithin(steps, 0, greatest), weights.values[i]));
    }
    result.scales[scale] = storedScale(interval.clip * most / greatest, grid.powerOfTwo); // to begin with
  }
  refitScales(weights, moments, result);
  return result;
}

static int64_t countZeros(const QuantisedWeights &quantised) {
  return std::count(quantised.values.begin(), quantised.values.end(), 0);
}

PrunedWeights searchPruningInterval(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments,
                                    const PruningOptions &options) {
  struct Candidate {
    PruningInterval interval;
    double error;
    int64_t zeros;
  };
  std::vector<Candidate> candidates;
  double least = std::numeric_limits<double>::infinity();
  for (int clipStep = 0; clipStep <= 12; ++clipStep)       // down to an eighth, by quarters of an octave
    for (int pruneStep = 0; pruneStep < 12; ++pruneStep) { // up to half of that
      const auto clip = static_cast<float>(std::exp2(-clipStep / 4.0));
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
