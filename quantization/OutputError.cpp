#include "quantization/OutputError.h"
#include "quantization/Reconstruct.h"

#include <cassert>
#include <numeric>

namespace burin::quantization {

std::vector<double> channelError(const WeightMatrix &weights, const QuantisedWeights &quantised, int64_t channel) {
  std::vector<double> error(weights.depth);
  for (int64_t d = 0; d < weights.depth; ++d) {
    const int64_t scale = quantised.index(channel, d);
    const int32_t steps = quantised.values[channel * weights.depth + d] - quantised.zeros[scale];
    error[d] = weights.channel(channel)[d] - steps * static_cast<double>(quantised.scales[scale]);
  }
  return error;
}

std::vector<double> halfGradient(const Moments &moments, int64_t channel, std::span<const double> v) {
  std::vector<double> result(moments.depth);
  if (moments.hasDrift())
    result.assign(&moments.drift[channel * moments.depth], &moments.drift[channel * moments.depth] + moments.depth);
  for (int64_t i = 0; i < moments.depth; ++i)
    if (v[i] != 0)
      addRow(result, v[i], &moments.hessian[i * moments.depth]);
  return result;
}

double channelOutputError(const Moments &moments, int64_t channel, std::span<const double> e) {
  const std::vector<double> gradient = halfGradient(moments, channel, e); // H e + D
  double result = std::inner_product(e.begin(), e.end(), gradient.begin(), 0.0);
  if (moments.hasDrift())
    result += std::inner_product(e.begin(), e.end(), &moments.drift[channel * moments.depth], 0.0) +
              moments.driftEnergy[channel];
  return result;
}

double errorGrowth(const Moments &moments, std::span<const double> gradient, int64_t begin,
                   std::span<const double> step) {
  double growth = 0;
  std::vector<double> product(step.size()); // of the lower triangle with step
  for (size_t i = 0; i < step.size(); ++i) {
    if (step[i] == 0)
      continue;
    const double *row = &moments.hessian[(begin + static_cast<int64_t>(i)) * moments.depth + begin];
    growth += step[i] * (row[i] * step[i] + 2 * gradient[begin + static_cast<int64_t>(i)]);
    addRow(std::span(product).first(i), 2 * step[i], row);
  }
  return growth + std::inner_product(step.begin(), step.end(), product.begin(), 0.0);
}

double outputError(const WeightMatrix &weights, const QuantisedWeights &quantised, const Moments &moments) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  double sum = 0;
  for (int64_t c = 0; c < weights.channels; ++c)
    sum += channelOutputError(moments, c, channelError(weights, quantised, c));
  return sum;
}

std::vector<double> biasCorrection(const WeightMatrix &weights, const QuantisedWeights &quantised,
                                   const Moments &moments) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  std::vector<double> correction;
  for (int64_t c = 0; c < weights.channels; ++c) {
    const std::vector<double> e = channelError(weights, quantised, c);
    const double mean = std::inner_product(e.begin(), e.end(), moments.mean.begin(), 0.0);
    correction.push_back(mean + (moments.hasDrift() ? moments.driftMean[c] : 0));
  }
  return correction;
}

} // namespace burin::quantization
