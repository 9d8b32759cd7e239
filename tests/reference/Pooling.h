// Naive twins of the pools, from ONNX's definitions.
#ifndef BURIN_TESTS_REFERENCE_POOLING_H
#define BURIN_TESTS_REFERENCE_POOLING_H

#include "tests/reference/Image.h"

#include <functional>

namespace burin::reference {

/// For every output pixel and channel: `reduce(values inside the image, number of places inside the padded image)`.
/// Height and width of the output are given: ceil_mode makes them larger than the windows that fit.
template <typename T>
Image<T> pool(const Image<T> &x, const Window &window, int64_t outH, int64_t outW,
              const std::function<T(const std::vector<T> &, int64_t)> &reduce) {
  Image<T> y(outH, outW, x.channels);
  for (int64_t row = 0; row < outH; ++row)
    for (int64_t column = 0; column < outW; ++column)
      for (int64_t c = 0; c < x.channels; ++c) {
        std::vector<T> values;
        int64_t places = 0;
        for (int64_t k = 0; k < window.kernelH; ++k)
          for (int64_t t = 0; t < window.kernelW; ++t) {
            const int64_t inY = row * window.strideH - window.padTop + k * window.dilationH;
            const int64_t inX = column * window.strideW - window.padLeft + t * window.dilationW;
            if (x.inside(inY, inX))
              values.push_back(x.at(inY, inX, c));
            if (inY < x.height + window.padBottom && inX < x.width + window.padRight)
              ++places;
          }
        y.at(row, column, c) = reduce(values, places);
      }
  return y;
}

} // namespace burin::reference

#endif
