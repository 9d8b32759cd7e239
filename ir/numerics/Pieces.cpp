#include "ir/numerics/FixedPoint.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

using namespace burin::numerics;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int slopeBits = 24, baseBits = 14;

/// One straight piece: its value at the first point, and per step.
struct Line {
  int32_t base, slope;
};

struct Fit {
  std::span<const double> targets;
  double tolerance, lo, hi;

  /// Where the value at the first point may lie, if the piece is to have `slope` over `targets`[first, end).
  std::pair<double, double> bases(size_t first, size_t end, double slope) const {
    double least = -infinity, most = infinity;
    for (size_t i = first; i < end; ++i) {
      const double t = targets[i], rise = slope * static_cast<double>(i - first);
      if (t > lo)
        least = std::max(least, t - tolerance - rise);
      if (t < hi)
        most = std::min(most, t + tolerance - rise);
    }
    return {least, most};
  }

  /// The line parallel to the chord, in the middle of what the tolerance leaves.
  std::optional<Line> line(size_t first, size_t end) const {
    const double chord =
        end - first < 2 ? 0 : (targets[end - 1] - targets[first]) / static_cast<double>(end - 1 - first);
    const double slope = std::nearbyint(std::ldexp(chord, slopeBits));
    if (std::abs(slope) > std::numeric_limits<int32_t>::max())
      return std::nullopt;
    const auto [least, most] = bases(first, end, std::ldexp(slope, -slopeBits));
    const double middle = least == -infinity ? std::min(most, lo)
                          : most == infinity ? std::max(least, hi)
                                             : (least + most) / 2;
    const double base = std::nearbyint(std::ldexp(middle, baseBits)), value = std::ldexp(base, -baseBits);
    if (value < least || value > most || std::abs(base) > std::numeric_limits<int32_t>::max())
      return std::nullopt;
    return Line{static_cast<int32_t>(base), static_cast<int32_t>(slope)};
  }

  /// The longest piece from `first` on that doubling and halving find; returns its end.
  size_t extend(size_t first, Line &found) const {
    auto tryEnd = [&](size_t end) {
      const std::optional<Line> candidate = line(first, end);
      if (candidate)
        found = *candidate;
      return candidate.has_value();
    };
    size_t good = first, bad = targets.size() + 1;
    for (size_t length = 1; good < targets.size(); length *= 2) {
      const size_t end = std::min(first + length, targets.size());
      if (!tryEnd(end)) {
        bad = end;
        break;
      }
      good = end;
    }
    while (bad - good > 1) {
      const size_t middle = good + (bad - good) / 2;
      (tryEnd(middle) ? good : bad) = middle;
    }
    return good;
  }
};

} // namespace

std::optional<Pieces> burin::numerics::fitPieces(std::span<const double> targets, double tolerance, double lo,
                                                 double hi, size_t maxPieces) {
  assert(targets.size() <= 65536 && tolerance > 0 && lo <= hi);
  const Fit fit{targets, tolerance, lo, hi};
  Pieces pieces;
  for (size_t first = 0; first < targets.size();) {
    Line line{};
    const size_t end = fit.extend(first, line);
    if (end == first || pieces.start.size() == maxPieces)
      return std::nullopt;
    pieces.start.push_back(static_cast<uint16_t>(first));
    pieces.base.push_back(line.base);
    pieces.slope.push_back(line.slope);
    first = end;
  }
  return pieces;
}
