// Row windows over images, as the generated library sets them up for spatial kernels.
#ifndef BURIN_TESTS_RUNTIME_MIN_ROWS_H
#define BURIN_TESTS_RUNTIME_MIN_ROWS_H

#include "tests/reference/Image.h"
#include "tests/runtime-min/Data.h"

namespace burin::test {

/// Pointers to the input rows of output row `row`: NULL outside the image. `channel` is the first one of a group.
template <typename T>
std::vector<const T *> rowsOf(const std::vector<T> &data, const reference::Image<T> &shape,
                              const reference::Window &window, int64_t row, int64_t channel = 0) {
  std::vector<const T *> rows;
  for (int64_t k = 0; k < window.kernelH; ++k) {
    const int64_t r = row * window.strideH - window.padTop + k * window.dilationH;
    rows.push_back(r < 0 || r >= shape.height ? nullptr : data.data() + r * shape.width * shape.channels + channel);
  }
  return rows;
}

/// A random window that has at least one output on an image of that size, with paddings up to what a kernel may see:
/// beyond the kernel itself, too.
inline reference::Window randomWindow(Random &random, int64_t height, int64_t width) {
  while (true) {
    reference::Window w;
    w.kernelH = random.integer(1, 4);
    w.kernelW = random.integer(1, 5);
    w.strideH = random.integer(1, 3);
    w.strideW = random.integer(1, 3);
    w.dilationH = random.chance(0.7) ? 1 : random.integer(1, 3);
    w.dilationW = random.chance(0.6) ? 1 : random.integer(1, 3);
    w.padTop = random.integer(0, 3);
    w.padLeft = random.integer(0, 5);
    w.padBottom = random.integer(0, 3);
    w.padRight = random.integer(0, 5);
    if (height + w.padTop + w.padBottom > w.dilationH * (w.kernelH - 1) &&
        width + w.padLeft + w.padRight > w.dilationW * (w.kernelW - 1))
      return w;
  }
}

/// The elements of `values` as another type, exactly.
template <typename To, typename From> std::vector<To> converted(const std::vector<From> &values) {
  return std::vector<To>(values.begin(), values.end());
}

} // namespace burin::test

#endif
