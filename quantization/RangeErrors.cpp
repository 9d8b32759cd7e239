#include "quantization/Ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burin::quantization {

/// The integral, from 0 to u, of the squared distance to the nearest of the integers 0 .. steps.
static double distanceIntegral(double u, double steps) {
  const double nearest = std::clamp(std::floor(u + 0.5), 0.0, steps), distance = u - nearest;
  return nearest / 12 + distance * distance * distance / 3;
}

double expectedSquaredError(const Histogram &histogram, const Affine &affine, const Grid &grid) {
  const int64_t total = histogram.total();
  if (total == 0)
    return 0;
  const double scale = affine.scale, steps = grid.greatest() - grid.least();
  const double origin = affine.zero - grid.least(); // where x = 0 lies, in steps above the least value
  auto position = [&](double x) { return x / scale + origin; };
  const double binSteps = histogram.binWidth() / scale;
  double sum = 0; // in squared steps
  if (binSteps == 0) {
    const double u = position(histogram.low()), distance = u - std::clamp(std::nearbyint(u), 0.0, steps);
    sum = distance * distance * static_cast<double>(histogram.bins()[0]);
  } else {
    double x = histogram.low(), before = distanceIntegral(position(x), steps);
    for (size_t i = 0; i < histogram.bins().size(); ++i) {
      x = histogram.low() + static_cast<double>(i + 1) * histogram.binWidth();
      const double after = distanceIntegral(position(x), steps);
      sum += static_cast<double>(histogram.bins()[i]) * (after - before) / binSteps;
      before = after;
    }
  }
  return sum * scale * scale / static_cast<double>(total);
}

namespace {

/// The bins that are inside what a grid covers, and the integer each is rounded to.
struct CoveredBins {
  size_t first = 0;
  std::vector<int32_t> steps;
  int64_t below = 0, above = 0; ///< counts outside

  CoveredBins(const Histogram &histogram, const Affine &affine, const Grid &grid) {
    for (size_t i = 0; i < histogram.bins().size(); ++i) {
      const double centre = histogram.low() + (static_cast<double>(i) + 0.5) * histogram.binWidth();
      const double step = std::nearbyint(centre / affine.scale) + affine.zero;
      if (step < grid.least()) {
        below += histogram.bins()[i];
        first = i + 1;
      } else if (step > grid.greatest()) {
        above += histogram.bins()[i];
      } else {
        steps.push_back(static_cast<int32_t>(step));
      }
    }
  }
};

} // namespace

double quantisationDivergence(const Histogram &histogram, const Affine &affine, const Grid &grid) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (affine.scale < histogram.binWidth() * (1 - 1e-6))
    return infinity;
  const CoveredBins inside(histogram, affine, grid);
  const size_t size = inside.steps.size();
  const auto counts = histogram.bins().subspan(inside.first, size);
  int64_t covered = 0, filled = 0;
  for (int64_t count : counts) {
    covered += count;
    filled += count > 0;
  }
  if (covered == 0)
    return inside.below + inside.above > 0 ? infinity : 0;

  const auto total = static_cast<double>(covered + inside.below + inside.above);
  constexpr double smoothing = 1e-4; // of Q's mass: P may have an end bin where Q has none
  double divergence = 0;
  for (size_t begin = 0, end = 0; begin < size; begin = end) {
    int64_t mass = 0, bins = 0;
    for (end = begin; end < size && inside.steps[end] == inside.steps[begin]; ++end) {
      mass += counts[end];
      bins += counts[end] > 0;
    }
    for (size_t i = begin; i < end; ++i) {
      const int64_t outliers = (i == 0 ? inside.below : 0) + (i + 1 == size ? inside.above : 0);
      const double p = static_cast<double>(counts[i] + outliers) / total;
      if (p == 0)
        continue;
      const double spread = counts[i] > 0 ? static_cast<double>(mass) / static_cast<double>(bins) : 0;
      const double q =
          (1 - smoothing) * spread / static_cast<double>(covered) + smoothing / static_cast<double>(filled);
      divergence += p * std::log(p / q);
    }
  }
  return divergence;
}

} // namespace burin::quantization
