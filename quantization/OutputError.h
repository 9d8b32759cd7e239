// The quadratic form of Moments for one channel: values, gradients, and what a change costs.
#pragma once

#include "quantization/Moments.h"
#include "quantization/Weights.h"

#include <cstdint>
#include <span>
#include <vector>

namespace burin::quantization {

/// e = w - w^ of a channel, in double: the net that runs multiplies integers, so w^ isn't rounded to float.
std::vector<double> channelError(const WeightMatrix &weights, const QuantisedWeights &quantised, int64_t channel);

/// H v + D_c, half the gradient of the output's squared error at e = v.
std::vector<double> halfGradient(const Moments &moments, int64_t channel, std::span<const double> v);

/// The squared error of the output of a channel: e^T H e + 2 e . D_c + driftEnergy_c.
double channelOutputError(const Moments &moments, int64_t channel, std::span<const double> e);

/// By what this error grows if `step` is added to the part of e that begins at `begin`; `gradient` is halfGradient(e).
double errorGrowth(const Moments &moments, std::span<const double> gradient, int64_t begin,
                   std::span<const double> step);

/// target += factor * row.
inline void addRow(std::span<double> target, double factor, const double *row) {
  for (size_t i = 0; i < target.size(); ++i)
    target[i] += factor * row[i];
}

} // namespace burin::quantization
