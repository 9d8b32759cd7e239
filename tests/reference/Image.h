// Images for the naive twins: plain arrays of double or int64_t, read by coordinates, padding included.
#ifndef BURIN_TESTS_REFERENCE_IMAGE_H
#define BURIN_TESTS_REFERENCE_IMAGE_H

#include <cstdint>
#include <vector>

namespace burin::reference {

/// height x width x channels elements.
template <typename T> struct Image {
  int64_t height, width, channels;
  std::vector<T> data;

  Image(int64_t height, int64_t width, int64_t channels)
      : height(height), width(width), channels(channels), data(height * width * channels) {}
  bool inside(int64_t y, int64_t x) const { return y >= 0 && y < height && x >= 0 && x < width; }
  T &at(int64_t y, int64_t x, int64_t c) { return data.at((y * width + x) * channels + c); }
  const T &at(int64_t y, int64_t x, int64_t c) const { return data.at((y * width + x) * channels + c); }
};

/// How windows move over an image, in ONNX's terms.
struct Window {
  int64_t kernelH = 1, kernelW = 1, strideH = 1, strideW = 1, dilationH = 1, dilationW = 1;
  int64_t padTop = 0, padLeft = 0, padBottom = 0, padRight = 0;

  int64_t outputs(int64_t in, int64_t padBegin, int64_t padEnd, int64_t kernel, int64_t stride,
                  int64_t dilation) const {
    return (in + padBegin + padEnd - dilation * (kernel - 1) - 1) / stride + 1;
  }
  int64_t outHeight(int64_t in) const { return outputs(in, padTop, padBottom, kernelH, strideH, dilationH); }
  int64_t outWidth(int64_t in) const { return outputs(in, padLeft, padRight, kernelW, strideW, dilationW); }
};

} // namespace burin::reference

#endif
