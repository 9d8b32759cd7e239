// Naive twins of the convolutions: nested loops straight from ONNX's formulas. T is double or int64_t.
#ifndef BURIN_TESTS_REFERENCE_CONVOLUTION_H
#define BURIN_TESTS_REFERENCE_CONVOLUTION_H

#include "tests/reference/Image.h"

namespace burin::reference {

/// Weights [out][kh][kw][in of a group].
template <typename T> struct Weights {
  int64_t out, kernelH, kernelW, in;
  std::vector<T> data;

  Weights(int64_t out, int64_t kernelH, int64_t kernelW, int64_t in)
      : out(out), kernelH(kernelH), kernelW(kernelW), in(in), data(out * kernelH * kernelW * in) {}
  T &at(int64_t o, int64_t k, int64_t t, int64_t c) { return data.at(((o * kernelH + k) * kernelW + t) * in + c); }
  const T &at(int64_t o, int64_t k, int64_t t, int64_t c) const {
    return data.at(((o * kernelH + k) * kernelW + t) * in + c);
  }
};

/// ONNX Conv with `groups`; a pixel outside the image reads as `padding` in every channel.
/// Σ x (w − wZero[o]) + bias[o]; empty vectors stand for zeros.
template <typename T>
Image<T> convolution(const Image<T> &x, const Weights<T> &w, const Window &window, int64_t groups, T padding,
                     const std::vector<T> &wZero, const std::vector<T> &bias) {
  Image<T> y(window.outHeight(x.height), window.outWidth(x.width), w.out);
  for (int64_t row = 0; row < y.height; ++row)
    for (int64_t column = 0; column < y.width; ++column)
      for (int64_t o = 0; o < w.out; ++o) {
        const int64_t group = o / (w.out / groups);
        T sum = bias.empty() ? T(0) : bias[o];
        for (int64_t k = 0; k < w.kernelH; ++k)
          for (int64_t t = 0; t < w.kernelW; ++t)
            for (int64_t c = 0; c < w.in; ++c) {
              const int64_t inY = row * window.strideH - window.padTop + k * window.dilationH;
              const int64_t inX = column * window.strideW - window.padLeft + t * window.dilationW;
              const T value = x.inside(inY, inX) ? x.at(inY, inX, group * w.in + c) : padding;
              sum += value * (w.at(o, k, t, c) - (wZero.empty() ? T(0) : wZero[o]));
            }
        y.at(row, column, o) = sum;
      }
  return y;
}

/// ONNX ConvTranspose: every input pixel is scattered over the window it touches. `outPad` is output_padding.
template <typename T>
Image<T> transposedConvolution(const Image<T> &x, const Weights<T> &w, const Window &window, int64_t groups,
                               int64_t outPadH, int64_t outPadW, const std::vector<T> &bias) {
  const auto size = [](int64_t in, int64_t stride, int64_t kernel, int64_t dilation, int64_t pads, int64_t outPad) {
    return stride * (in - 1) + outPad + (kernel - 1) * dilation + 1 - pads;
  };
  Image<T> y(size(x.height, window.strideH, w.kernelH, window.dilationH, window.padTop + window.padBottom, outPadH),
             size(x.width, window.strideW, w.kernelW, window.dilationW, window.padLeft + window.padRight, outPadW),
             w.out);
  for (int64_t row = 0; row < y.height; ++row)
    for (int64_t column = 0; column < y.width; ++column)
      for (int64_t o = 0; o < w.out; ++o)
        y.at(row, column, o) = bias.empty() ? T(0) : bias[o];
  for (int64_t inY = 0; inY < x.height; ++inY)
    for (int64_t inX = 0; inX < x.width; ++inX)
      for (int64_t o = 0; o < w.out; ++o)
        for (int64_t k = 0; k < w.kernelH; ++k)
          for (int64_t t = 0; t < w.kernelW; ++t)
            for (int64_t c = 0; c < w.in; ++c) {
              const int64_t row = inY * window.strideH - window.padTop + k * window.dilationH;
              const int64_t column = inX * window.strideW - window.padLeft + t * window.dilationW;
              const int64_t group = o / (w.out / groups);
              if (y.inside(row, column))
                y.at(row, column, o) += x.at(inY, inX, group * w.in + c) * w.at(o, k, t, c);
            }
  return y;
}

} // namespace burin::reference

#endif
