#include "quantization/Ranges.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace burin::quantization {

namespace {

constexpr std::array<std::pair<RangeMethod, std::string_view>, 5> methodNames = {
    {{RangeMethod::MinMax, "minmax"},
     {RangeMethod::Moving, "moving"},
     {RangeMethod::Percentile, "percentile"},
     {RangeMethod::Mse, "mse"},
     {RangeMethod::Entropy, "entropy"}}};

Interval withZero(float low, float high) { return {std::min(low, 0.0f), std::max(high, 0.0f)}; }

Interval movingAverage(const TensorStatistics &statistics, double weight) {
  double low = 0, high = 0;
  bool begun = false;
  for (const Extent &extent : statistics.perSample) {
    if (extent.empty())
      continue;
    low = begun ? low + weight * (extent.min - low) : extent.min;
    high = begun ? high + weight * (extent.max - high) : extent.max;
    begun = true;
  }
  return withZero(static_cast<float>(low), static_cast<float>(high));
}

/// Values below x, those of the bin that holds x in proportion. Exact zeros aren't counted.
double countBelow(const Histogram &histogram, double x) {
  double sum = 0;
  for (size_t i = 0; i < histogram.bins().size(); ++i) {
    const double begin = histogram.low() + static_cast<double>(i) * histogram.binWidth();
    sum += static_cast<double>(histogram.bins()[i]) * std::clamp((x - begin) / histogram.binWidth(), 0.0, 1.0);
  }
  return sum;
}

/// The least of [0, most] at which `outside`, which falls, is at most `allowed`.
double leastWithin(double most, double allowed, const std::function<double(double)> &outside) {
  double tooSmall = 0, enough = most;
  if (outside(0) <= allowed)
    return 0;
  for (int step = 0; step < 40; ++step) {
    const double middle = (tooSmall + enough) / 2;
    (outside(middle) <= allowed ? enough : tooSmall) = middle;
  }
  return enough;
}

Interval percentileInterval(const Histogram &histogram, double percentile, const Interval &full, bool symmetric) {
  const double outside = (1 - percentile / 100) * static_cast<double>(histogram.total());
  const double values = static_cast<double>(histogram.total() - histogram.zeros());
  auto below = [&](double x) { return countBelow(histogram, -x); };
  auto above = [&](double x) { return values - countBelow(histogram, x); };
  if (symmetric) {
    const double most = std::max(-full.low, full.high);
    const auto end = static_cast<float>(leastWithin(most, outside, [&](double x) { return below(x) + above(x); }));
    return {std::max(full.low, -end), std::min(full.high, end)};
  }
  return withZero(static_cast<float>(-leastWithin(-full.low, outside / 2, below)),
                  static_cast<float>(leastWithin(full.high, outside / 2, above)));
}

/// Shrinks an interval so that its cost is least: both ends together, then each alone, until that gains nothing.
class IntervalSearch {
public:
  using Cost = std::function<double(const Interval &)>;

  IntervalSearch(const Interval &full, const Grid &grid, Cost cost)
      : full(full), best(full), bestCost(cost(full)), grid(grid), cost(std::move(cost)) {}

  Interval run() {
    const float end = std::max(-full.low, full.high);
    along([&](double f) {
      const auto limit = static_cast<float>(end * f);
      return Interval{std::max(full.low, -limit), std::min(full.high, limit)};
    });
    if (grid.symmetric || full.low == 0 || full.high == 0)
      return best;
    if (grid.powerOfTwo) {
      slide();
      return best;
    }
    constexpr int rounds = 4;
    for (int round = 0; round < rounds; ++round) {
      const Interval before = best;
      along([&](double f) { return Interval{static_cast<float>(full.low * f), before.high}; });
      const float low = best.low;
      along([&](double f) { return Interval{low, static_cast<float>(full.high * f)}; });
      if (best == before)
        break;
    }
    return best;
  }

private:
  void attempt(const Interval &interval, double value) {
    if (value < bestCost) {
      bestCost = value;
      best = interval;
    }
  }

  /// With few scales to choose from: for each of them, an interval as long as it covers, from one end to the other.
  void slide() {
    const double longest = affineFor(full, grid).scale * static_cast<double>(grid.greatest() - grid.least());
    constexpr int positions = 64;
    for (int halvings = 0; halvings <= 12; ++halvings) {
      const double length = std::ldexp(longest, -halvings) * (1 - 1e-6); // must not ask for the next greater scale
      for (int i = 0; i <= positions; ++i) {
        const auto low = static_cast<float>(std::max<double>(full.low, -length) * i / positions);
        const Interval interval{low, static_cast<float>(std::clamp<double>(low + length, 0, full.high))};
        attempt(interval, cost(interval));
      }
    }
  }

  /// Tries factors from 1 down to 2^-12 in steps of 2^(1/4), then finer ones around the best.
  void along(const std::function<Interval(double)> &at) {
    double exponent = 0, bestHere = std::numeric_limits<double>::infinity();
    auto attemptAt = [&](double candidate) {
      const Interval interval = at(std::exp2(candidate));
      const double value = cost(interval);
      attempt(interval, value);
      if (value < bestHere) {
        bestHere = value;
        exponent = candidate;
      }
    };
    for (int step = 0; step <= 48; ++step)
      attemptAt(-step / 4.0);
    for (double fine : {1 / 16.0, 1 / 64.0}) {
      const double middle = exponent;
      for (int step = -3; step <= 3; ++step)
        if (step != 0 && middle + step * fine <= 0)
          attemptAt(middle + step * fine);
    }
  }

  Interval full, best;
  double bestCost;
  Grid grid;
  Cost cost;
};

} // namespace

std::optional<RangeMethod> rangeMethodNamed(std::string_view name) {
  for (const auto &[method, itsName] : methodNames)
    if (itsName == name)
      return method;
  return std::nullopt;
}

std::string_view nameOf(RangeMethod method) {
  const auto found =
      std::find_if(methodNames.begin(), methodNames.end(), [&](const auto &p) { return p.first == method; });
  assert(found != methodNames.end());
  return found->second;
}

Interval chooseInterval(RangeMethod method, const RangeOptions &options, const TensorStatistics &statistics,
                        const Grid &grid) {
  if (method == RangeMethod::Moving)
    return movingAverage(statistics, options.movingWeight);
  const Extent extent = statistics.all();
  const Interval full = withZero(extent.min, extent.max);
  const Histogram &histogram = statistics.histogram;
  assert(method == RangeMethod::MinMax || histogram.total() == extent.count);
  if (method == RangeMethod::MinMax || histogram.binWidth() == 0 || histogram.total() == histogram.zeros())
    return full; // without any spread there is nothing to choose
  if (method == RangeMethod::Percentile)
    return percentileInterval(histogram, options.percentile, full, grid.symmetric);
  const auto measure = method == RangeMethod::Mse ? expectedSquaredError : quantisationDivergence;
  auto cost = [&](const Interval &interval) { return measure(histogram, affineFor(interval, grid), grid); };
  return IntervalSearch(full, grid, cost).run();
}

} // namespace burin::quantization
