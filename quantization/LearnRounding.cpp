#include "quantization/OutputError.h"
#include "quantization/Parallel.h"
#include "quantization/Reconstruct.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace burin::quantization {

namespace {

/// One channel's weights on their way down.
class Descent {
public:
  Descent(const WeightMatrix &weights, const Moments &moments, QuantisedWeights &quantised, int64_t channel)
      : moments(moments), depth(weights.depth), least(quantised.grid.least()), greatest(quantised.grid.greatest()),
        integers(quantised.values.begin() + channel * depth, quantised.values.begin() + (channel + 1) * depth),
        gradient(halfGradient(moments, channel, channelError(weights, quantised, channel))) {
    for (int64_t d = 0; d < depth; ++d) {
      units.push_back(quantised.scales[quantised.index(channel, d)]);
      diagonal.push_back(moments.hessian[d * depth + d]);
    }
  }

  void run(const LearnOptions &options) {
    for (int sweep = 0; sweep < options.maxSweeps; ++sweep)
      if (!stepSingles() && !(options.pairs && stepPairs()))
        return;
  }

  const std::vector<int8_t> &result() const { return integers; }

private:
  /// The error's growth if weight i is raised by `steps`: e falls by as many units.
  double growth(int64_t i, double steps) const {
    const double change = steps * units[i];
    return change * (change * diagonal[i] - 2 * gradient[i]);
  }

  /// Whether it is more than rounding errors, so that descent ends.
  bool gains(int64_t i, double growth) const { return growth < -1e-10 * units[i] * units[i] * diagonal[i]; }

  /// Its input is always 0: no integer is better than another.
  bool isDead(int64_t i) const { return !(diagonal[i] > 0); }

  bool permits(int64_t i, int32_t steps) const {
    return integers[i] + steps >= least && integers[i] + steps <= greatest;
  }

  void raise(int64_t i, int32_t steps) {
    integers[i] = static_cast<int8_t>(integers[i] + steps);
    addRow(gradient, -steps * units[i], &moments.hessian[i * depth]);
  }

  bool stepSingles() {
    bool moved = false;
    for (int64_t i = 0; i < depth; ++i) {
      if (isDead(i))
        continue;
      const double wanted = std::nearbyint(integers[i] + gradient[i] / (units[i] * diagonal[i]));
      const auto steps = static_cast<int32_t>(std::clamp<double>(wanted, least, greatest)) - integers[i];
      if (steps == 0 || !gains(i, growth(i, steps)))
        continue;
      raise(i, steps);
      moved = true;
    }
    return moved;
  }

  bool stepPairs() {
    bool moved = false;
    for (int64_t i = 0; i < depth; ++i)
      for (int32_t steps : {-1, 1})
        if (!isDead(i) && permits(i, steps))
          moved |= stepWithPartner(i, steps);
    return moved;
  }

  /// The error's growth by the best step of weight j alone, once weight i has been raised by `change` / its unit.
  double partnerGrowth(int64_t j, double change, const double *row) const {
    return units[j] * (units[j] * diagonal[j] - 2 * std::abs(gradient[j] - change * row[j]));
  }

  /// Whether some partner's growth is below `limit`, whatever its range permits. This is what all the time goes to: so
  /// there are several minima, as many as vector registers hold.
  bool mayHavePartner(double change, const double *row, double limit) const {
    constexpr int64_t lanes = 8;
    double least[lanes];
    std::fill_n(least, lanes, limit);
    int64_t j = 0;
    for (; j + lanes <= depth; j += lanes)
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const double value = partnerGrowth(j + lane, change, row);
        least[lane] = value < least[lane] ? value : least[lane];
      }
    for (; j < depth; ++j)
      least[0] = std::min(least[0], partnerGrowth(j, change, row));
    return *std::min_element(least, least + lanes) < limit;
  }

  /// Moves weight i and the partner that makes most of it, if both together gain.
  bool stepWithPartner(int64_t i, int32_t steps) {
    const double *row = &moments.hessian[i * depth];
    const double change = steps * units[i], own = growth(i, steps);
    if (!mayHavePartner(change, row, -own))
      return false;
    int64_t partner = -1;
    int32_t partnerSteps = 0;
    double best = std::numeric_limits<double>::infinity();
    for (int64_t j = 0; j < depth; ++j) {
      const double value = partnerGrowth(j, change, row);
      const int32_t direction = gradient[j] > change * row[j] ? 1 : -1;
      if (value < best && j != i && permits(j, direction) && !isDead(j)) {
        best = value;
        partner = j;
        partnerSteps = direction;
      }
    }
    if (partner < 0 || !gains(i, own + best))
      return false;
    raise(i, steps);
    raise(partner, partnerSteps);
    return true;
  }

  const Moments &moments;
  int64_t depth;
  int32_t least, greatest;
  std::vector<int8_t> integers;
  std::vector<double> units;    ///< the weights' scales
  std::vector<double> diagonal; ///< of H
  std::vector<double> gradient; ///< H e + D
};

} // namespace

QuantisedWeights learnRounding(const WeightMatrix &weights, const QuantisedWeights &start, const Moments &moments,
                               const LearnOptions &options) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  QuantisedWeights result = start;
  parallelFor(options.threads, weights.channels, [&](int64_t c) {
    Descent descent(weights, moments, result, c);
    descent.run(options);
    std::copy(descent.result().begin(), descent.result().end(), result.values.begin() + c * weights.depth);
  });
  return result;
}

} // namespace burin::quantization
