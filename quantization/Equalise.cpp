#include "quantization/Equalise.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace burin::quantization {

std::vector<float> channelRanges(const ChannelView &view) {
  assert(static_cast<int64_t>(view.values.size()) == view.outer * view.channels * view.inner);
  std::vector<float> ranges(view.channels);
  for (size_t i = 0; i < view.values.size(); ++i) {
    float &range = ranges[static_cast<int64_t>(i) / view.inner % view.channels];
    range = std::max(range, std::abs(view.values[i]));
  }
  return ranges;
}

void scaleChannels(const ChannelView &view, std::span<const float> factors) {
  assert(static_cast<int64_t>(view.values.size()) == view.outer * view.channels * view.inner);
  for (size_t i = 0; i < view.values.size(); ++i)
    view.values[i] *= factors[static_cast<int64_t>(i) / view.inner % view.channels];
}

std::vector<float> equalisingFactors(std::span<const float> producer, std::span<const float> consumer) {
  assert(producer.size() == consumer.size());
  std::vector<float> factors(producer.size(), 1);
  constexpr double limit = 1 << 20; // a channel that is nearly dead stays small: others gain nothing from it
  for (size_t i = 0; i < factors.size(); ++i)
    if (producer[i] > 0 && consumer[i] > 0)
      factors[i] =
          static_cast<float>(std::clamp(std::sqrt(static_cast<double>(consumer[i]) / producer[i]), 1 / limit, limit));
  return factors;
}

static std::vector<float> reciprocals(std::span<const float> factors) {
  std::vector<float> result;
  for (float factor : factors)
    result.push_back(1 / factor);
  return result;
}

std::vector<std::vector<float>> equalise(std::span<const Edge> edges, int maxRounds) {
  std::vector<std::vector<float>> products;
  for (const Edge &edge : edges)
    products.emplace_back(edge.producer.channels, 1.0f);
  bool changed = true;
  for (int round = 0; changed && round < maxRounds; ++round) {
    changed = false;
    for (size_t e = 0; e < edges.size(); ++e) {
      const Edge &edge = edges[e];
      const std::vector<float> factors = equalisingFactors(channelRanges(edge.producer), channelRanges(edge.consumer));
      scaleChannels(edge.producer, factors);
      if (!edge.bias.values.empty())
        scaleChannels(edge.bias, factors);
      scaleChannels(edge.consumer, reciprocals(factors));
      for (size_t i = 0; i < factors.size(); ++i) {
        products[e][i] *= factors[i];
        changed = changed || std::abs(factors[i] - 1) > 1e-3f;
      }
    }
  }
  return products;
}

} // namespace burin::quantization
