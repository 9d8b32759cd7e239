#include "quantization/OutputError.h"
#include "quantization/Reconstruct.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace burin::quantization {

namespace {

/// The channels' errors while scales change; a scale's integers v give the error w - scale * v.
class Refit {
public:
  Refit(const WeightMatrix &weights, const Moments &moments, QuantisedWeights &quantised)
      : depth(weights.depth), moments(moments), quantised(quantised) {
    for (int64_t c = 0; c < weights.channels; ++c)
      gradients.push_back(halfGradient(moments, c, channelError(weights, quantised, c)));
  }

  /// Along v, half the gradient is -slope and half the curvature is v^T H v.
  void refit(int64_t scale) {
    const auto [first, last] = quantised.range(scale);
    double slope = 0, curvature = 0;
    std::vector<std::vector<double>> rows; // H v, of each channel that the scale is for
    for (int64_t begin = first; begin < last; begin = std::min((begin / depth + 1) * depth, last)) {
      const int64_t channel = begin / depth, end = std::min((channel + 1) * depth, last);
      rows.emplace_back(depth);
      for (int64_t i = begin; i < end; ++i) {
        const double steps = quantised.values[i] - quantised.zeros[scale];
        slope += steps * gradients[channel][i - channel * depth];
        addRow(rows.back(), steps, &moments.hessian[(i - channel * depth) * depth]);
      }
      for (int64_t i = begin; i < end; ++i)
        curvature += (quantised.values[i] - quantised.zeros[scale]) * rows.back()[i - channel * depth];
    }
    if (!(curvature > 0))
      return;
    const double before = quantised.scales[scale];
    const auto better = static_cast<float>(before + slope / curvature);
    const double change = better - before;
    if (!(better > 0) || !std::isnormal(better) || change * (change * curvature - 2 * slope) >= 0)
      return;
    quantised.scales[scale] = better;
    for (size_t i = 0; i < rows.size(); ++i)
      addRow(gradients[first / depth + static_cast<int64_t>(i)], -change, rows[i].data());
  }

private:
  int64_t depth;
  const Moments &moments;
  QuantisedWeights &quantised;
  std::vector<std::vector<double>> gradients; ///< H e + D of each channel
};

} // namespace

void refitScales(const WeightMatrix &weights, const Moments &moments, QuantisedWeights &quantised) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  if (quantised.grid.powerOfTwo)
    return;
  Refit refit(weights, moments, quantised);
  for (size_t scale = 0; scale < quantised.scales.size(); ++scale)
    refit.refit(static_cast<int64_t>(scale));
}

} // namespace burin::quantization
