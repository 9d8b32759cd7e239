#include "quantization/OutputError.h"
#include "quantization/Parallel.h"
#include "quantization/Scale.h"
#include "quantization/Weights.h"

#include <cassert>
#include <functional>
#include <limits>

namespace burin::quantization {

namespace {

struct ScaleAndZero {
  float scale;
  int32_t zero;
  bool operator==(const ScaleAndZero &) const = default;
};

using ScaleCost = std::function<double(const ScaleAndZero &)>;

/// Scales that cover parts of [low, high]: both ends shrunk together, then, if the grid allows, each alone.
class ScaleSearch {
public:
  ScaleSearch(double low, double high, const WeightGrid &grid, const ScaleCost &cost)
      : low(low), high(high), grid(grid), cost(cost) {}

  ScaleAndZero run() {
    attempt(1, 1);
    along([&](double f) { attempt(f, f); });
    if (!grid.symmetric && low < 0 && high > 0)
      for (int round = 0; round < 2; ++round) {
        along([&, highFactor = bestHigh](double f) { attempt(f, highFactor); });
        along([&, lowFactor = bestLow](double f) { attempt(lowFactor, f); });
      }
    return best;
  }

private:
  void attempt(double lowFactor, double highFactor) {
    const auto [scale, zero] = scaleCovering(low * lowFactor, high * highFactor, grid);
    const ScaleAndZero candidate{scale, zero};
    here = std::numeric_limits<double>::infinity();
    if (candidate == last) // frequent with powers of two
      return;
    last = candidate;
    here = cost(candidate);
    if (here < bestCost) {
      bestCost = here;
      best = candidate;
      bestLow = lowFactor;
      bestHigh = highFactor;
    }
  }

  /// Factors from 1 to 1/8 in steps of 2^(1/6), then of 2^(1/18) about the best.
  void along(const std::function<void(double)> &attemptFactor) {
    double exponent = 0, least = std::numeric_limits<double>::infinity();
    auto attemptExponent = [&](double candidate) {
      attemptFactor(std::exp2(candidate));
      if (here < least) {
        least = here;
        exponent = candidate;
      }
    };
    for (int step = 0; step <= 18; ++step)
      attemptExponent(-step / 6.0);
    const double middle = exponent;
    for (int step : {-2, -1, 1, 2})
      if (middle + step / 18.0 < 0)
        attemptExponent(middle + step / 18.0);
  }

  double low, high;
  const WeightGrid &grid;
  const ScaleCost &cost;
  ScaleAndZero best{1, 0}, last{0, 0};
  double bestCost = std::numeric_limits<double>::infinity(), here = bestCost;
  double bestLow = 1, bestHigh = 1;
};

std::pair<double, double> extremes(std::span<const float> values) {
  double low = 0, high = 0;
  for (float w : values) {
    low = std::min<double>(low, w);
    high = std::max<double>(high, w);
  }
  return {low, high};
}

/// errors[i] = w - w^ of the nearest integer.
void nearestErrors(std::span<const float> values, const WeightGrid &grid, const ScaleAndZero &to,
                   std::vector<double> &errors) {
  const auto least = static_cast<float>(grid.least() - to.zero),
             greatest = static_cast<float>(grid.greatest() - to.zero);
  errors.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i)
    errors[i] = values[i] - static_cast<double>(to.scale) * roundedWithin(values[i] / to.scale, least, greatest);
}

/// Clips the scales by the output's error, block after block of a channel, the blocks before it as they are then.
class OutputClipping {
public:
  OutputClipping(const WeightMatrix &weights, const Moments &moments, WeightScales &scales)
      : weights(weights), moments(moments), scales(scales) {}

  /// All scales of a channel; of none other if `scales` are per channel or block.
  void clipChannel(int64_t c) {
    std::vector<double> error = nearestErrorsOf(c);
    std::vector<double> gradient = halfGradient(moments, c, error);
    const int64_t first = scales.index(c, 0), last = scales.index(c, weights.depth - 1);
    for (int64_t scale = first; scale <= last; ++scale) {
      const auto [begin, end] = scales.range(scale);
      const auto values = weights.values.subspan(begin, end - begin);
      const std::span part = std::span(error).subspan(begin - c * weights.depth, end - begin);
      std::vector<double> candidate;
      auto step = [&](const ScaleAndZero &to) {
        nearestErrors(values, scales.grid, to, candidate);
        for (size_t i = 0; i < part.size(); ++i)
          candidate[i] -= part[i];
      };
      const ScaleCost cost = [&](const ScaleAndZero &to) {
        step(to);
        return errorGrowth(moments, gradient, begin - c * weights.depth, candidate);
      };
      const auto [low, high] = extremes(values);
      const ScaleAndZero best = ScaleSearch(low, high, scales.grid, cost).run();
      scales.scales[scale] = best.scale;
      scales.zeros[scale] = best.zero;
      step(best);
      for (size_t i = 0; i < part.size(); ++i) {
        part[i] += candidate[i];
        const int64_t row = begin - c * weights.depth + static_cast<int64_t>(i);
        addRow(gradient, candidate[i], &moments.hessian[row * moments.depth]);
      }
    }
  }

  void clipTensor() {
    const ScaleCost cost = [&](const ScaleAndZero &to) {
      double sum = 0;
      std::vector<double> error;
      for (int64_t c = 0; c < weights.channels; ++c) {
        nearestErrors(weights.channel(c), scales.grid, to, error);
        sum += channelOutputError(moments, c, error);
      }
      return sum;
    };
    const auto [low, high] = extremes(weights.values);
    const ScaleAndZero best = ScaleSearch(low, high, scales.grid, cost).run();
    scales.scales[0] = best.scale;
    scales.zeros[0] = best.zero;
  }

private:
  /// The errors of a channel, rounded to nearest with the scales as they are.
  std::vector<double> nearestErrorsOf(int64_t c) const {
    WeightScales own{scales.grid, 1, weights.depth, {}, {}};
    const int64_t first = scales.index(c, 0), last = scales.index(c, weights.depth - 1);
    own.scales.assign(&scales.scales[first], &scales.scales[last] + 1);
    own.zeros.assign(&scales.zeros[first], &scales.zeros[last] + 1);
    const WeightMatrix channel{weights.channel(c), 1, weights.depth};
    return channelError(channel, roundNearest(channel, own), 0);
  }

  const WeightMatrix &weights;
  const Moments &moments;
  WeightScales &scales;
};

} // namespace

WeightScales clippingScales(const WeightMatrix &weights, const WeightGrid &grid) {
  WeightScales result = coveringScales(weights, grid);
  std::vector<double> errors;
  for (size_t scale = 0; scale < result.scales.size(); ++scale) {
    const auto [begin, end] = result.range(static_cast<int64_t>(scale));
    const auto values = weights.values.subspan(begin, end - begin);
    const ScaleCost cost = [&](const ScaleAndZero &to) {
      nearestErrors(values, grid, to, errors);
      double sum = 0;
      for (double e : errors)
        sum += e * e;
      return sum;
    };
    const auto [low, high] = extremes(values);
    const ScaleAndZero best = ScaleSearch(low, high, grid, cost).run();
    result.scales[scale] = best.scale;
    result.zeros[scale] = best.zero;
  }
  return result;
}

WeightScales clippingScales(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments, int threads) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  WeightScales result = coveringScales(weights, grid);
  OutputClipping clipping(weights, moments, result);
  if (grid.granularity == Granularity::Tensor)
    clipping.clipTensor();
  else
    parallelFor(threads, weights.channels, [&](int64_t c) { clipping.clipChannel(c); });
  return result;
}

} // namespace burin::quantization
