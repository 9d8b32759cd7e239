// Naive twins of sampling between pixels, regions of interest and their like, from ONNX's definitions.
#ifndef BURIN_TESTS_REFERENCE_SAMPLING_H
#define BURIN_TESTS_REFERENCE_SAMPLING_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace burin::reference {

/// One channel of an image of any number of axes, read at fractional positions.
struct Sampler {
  std::string mode, outside; // as ONNX spells them
  bool corners;
  std::vector<int64_t> dims;
  std::vector<double> pixels; // row-major

  /// Where position `p` of an axis is read; what "zeros" leaves outside stays outside.
  double place(double p, int64_t size) const {
    const double lo = corners ? 0 : -0.5, hi = static_cast<double>(size) - (corners ? 1 : 0.5);
    if (outside == "border" && (p < lo || p > hi))
      return p < lo ? 0 : static_cast<double>(size - 1);
    if (outside == "reflection" && hi <= lo)
      return lo;
    while (outside == "reflection" && (p < lo || p > hi))
      p = p < lo ? 2 * lo - p : 2 * hi - p;
    return p;
  }

  double kernel(double distance) const {
    const double d = std::fabs(distance), a = -0.75;
    if (mode == "nearest")
      return d == 0;
    if (mode == "linear")
      return std::max(0.0, 1 - d);
    return d <= 1  ? (a + 2) * std::pow(d, 3) - (a + 3) * d * d + 1
           : d < 2 ? a * std::pow(d, 3) - 5 * a * d * d + 8 * a * d - 4 * a
                   : 0;
  }

  /// The axes from `axis` on, at pixel `offset` of those before.
  double at(const std::vector<double> &position, size_t axis = 0, int64_t offset = 0) const {
    if (axis == dims.size())
      return pixels.at(offset);
    // The taps are placed, the position isn't: the same, since what lies outside is as symmetric as the weights.
    const double p = mode == "nearest" ? std::nearbyint(position[axis]) : position[axis];
    double sum = 0;
    for (double tap = std::floor(p) - 2; tap <= std::floor(p) + 3; ++tap) {
      const double weight = kernel(p - tap), from = place(tap, dims[axis]);
      if (weight != 0 && from >= 0 && from < static_cast<double>(dims[axis]))
        sum += weight * at(position, axis + 1, offset * dims[axis] + static_cast<int64_t>(from));
    }
    return sum;
  }
};

/// One bin of RoiAlign on one channel [h][w]: samples at top + (i + 1/2) stepY, left + (j + 1/2) stepX.
inline double roiBin(const std::vector<double> &x, int64_t h, int64_t w, bool isMax, double top, double left,
                     double stepY, double stepX, int64_t rows, int64_t columns) {
  double sum = 0, most = 0;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      double v = top + (static_cast<double>(i) + 0.5) * stepY, u = left + (static_cast<double>(j) + 0.5) * stepX;
      const bool inside = v >= -1 && v <= static_cast<double>(h) && u >= -1 && u <= static_cast<double>(w);
      v = std::clamp<double>(v, 0, static_cast<double>(h - 1));
      u = std::clamp<double>(u, 0, static_cast<double>(w - 1));
      double largest = -INFINITY, mean = 0;
      for (int64_t a = 0; a < 2; ++a)
        for (int64_t b = 0; b < 2; ++b) {
          const int64_t row = static_cast<int64_t>(v) + a, column = static_cast<int64_t>(u) + b;
          const double weight =
              (1 - std::fabs(v - static_cast<double>(row))) * (1 - std::fabs(u - static_cast<double>(column)));
          const bool exists = inside && row < h && column < w;
          const double part = exists ? weight * x.at(row * w + column) : 0;
          largest = std::max(largest, part);
          mean += part;
        }
      sum += mean;
      most = i + j == 0 ? largest : std::max(most, largest);
    }
  const double count = static_cast<double>(std::max<int64_t>(1, rows * columns));
  return isMax ? most : sum / count;
}

/// The determinant by expansion along the first row.
inline double determinant(const std::vector<double> &x, size_t n) {
  if (n == 0)
    return 1;
  double sum = 0;
  for (size_t column = 0; column < n; ++column) {
    std::vector<double> minor;
    for (size_t i = 1; i < n; ++i)
      for (size_t j = 0; j < n; ++j)
        if (j != column)
          minor.push_back(x[i * n + j]);
    sum += (column % 2 == 0 ? 1 : -1) * x[column] * determinant(minor, n - 1);
  }
  return sum;
}

} // namespace burin::reference

#endif
