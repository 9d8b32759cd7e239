// Float convolutions against the naive twin.
#include "tests/reference/Convolution.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Rows.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 150;

/// A random layer; weights and inputs are small integers, so that float sums are exact and compared bit by bit.
template <typename T> struct Layer {
  Random random;
  int64_t groups, inC, outC; // channels per group
  Image<T> x;
  Window window;
  Weights<T> w;
  std::vector<T> bias;
  T lo = static_cast<T>(-INFINITY), hi = static_cast<T>(INFINITY);

  Layer(uint32_t salt, bool depthwise)
      : random(salt), groups(depthwise ? random.integer(1, 11) : random.integer(1, 3)),
        inC(depthwise ? 1 : random.integer(1, 9)), outC(depthwise ? 1 : random.integer(1, 6)),
        x(random.integer(1, 7), random.integer(1, 12), groups * inC), window(randomWindow(random, x.height, x.width)),
        w(groups * outC, window.kernelH, window.kernelW, inC) {
    x.data = random.values<T>(x.data.size(), -20, 20);
    w.data = random.values<T>(w.data.size(), -20, 20);
    for (T &v : x.data)
      v = std::nearbyint(v);
    for (T &v : w.data)
      v = std::nearbyint(v);
    if (random.chance(0.7))
      for (int64_t o = 0; o < w.out; ++o)
        bias.push_back(std::nearbyint(random.value<T>(-500, 500)));
    if (random.chance(0.5)) {
      lo = -100;
      hi = 321;
    }
  }
  std::string describe() const {
    std::ostringstream out;
    out << random.seed() << " groups " << groups << " in " << x.height << "x" << x.width << "x" << inC << " out "
        << outC << " kernel " << window.kernelH << "x" << window.kernelW << " stride " << window.strideH << "x"
        << window.strideW << " dilation " << window.dilationH << "x" << window.dilationW << " pads " << window.padTop
        << " " << window.padLeft << " " << window.padBottom << " " << window.padRight;
    return out.str();
  }
  const T *biasOf(int64_t channel) const { return bias.empty() ? nullptr : bias.data() + channel; }
  std::vector<double> clamped(const Image<double> &image) const {
    std::vector<double> out;
    for (double v : image.data)
      out.push_back(std::fmin(std::fmax(v, static_cast<double>(lo)), static_cast<double>(hi)));
    return out;
  }
  Image<double> wideX() const {
    Image<double> image(x.height, x.width, x.channels);
    image.data = converted<double>(x.data);
    return image;
  }
  Weights<double> wideW() const {
    Weights<double> weights(w.out, w.kernelH, w.kernelW, w.in);
    weights.data = converted<double>(w.data);
    return weights;
  }
};

template <typename T> std::vector<T> runConv(const Layer<T> &l, int64_t outH, int64_t outW) {
  const uint32_t outStep = static_cast<uint32_t>(l.w.out);
  std::vector<T> y(outH * outW * outStep, T(-12345));
  for (int64_t row = 0; row < outH; ++row)
    for (int64_t g = 0; g < l.groups; ++g) {
      const auto rows = rowsOf(l.x.data, l.x, l.window, row, g * l.inC);
      const T *weights = l.w.data.data() + g * l.outC * l.w.kernelH * l.w.kernelW * l.inC;
      call(kernelName<T>("conv_row"), rows.data(), l.window.kernelH, l.x.width, l.inC, l.x.channels, l.window.kernelW,
           l.window.strideW, l.window.padLeft, l.window.dilationW, weights, l.biasOf(g * l.outC),
           y.data() + row * outW * outStep + g * l.outC, outW, l.outC, outStep, l.lo, l.hi);
    }
  return y;
}

/// A transposed convolution from the rows that the taps of an output row meet: tap k row (row + pad - k dilation) / stride.
template <typename T> std::vector<T> rowsOfTaps(const Layer<T> &l, int64_t outH, int64_t outW) {
  std::vector<T> y(outH * outW * l.w.out, T(-12345));
  for (int64_t row = 0; row < outH; ++row)
    for (int64_t g = 0; g < l.groups; ++g) {
      std::vector<int64_t> taps;
      std::vector<const T *> rows;
      for (int64_t k = 0; k < l.w.kernelH; ++k) {
        const int64_t down = row + l.window.padTop - k * l.window.dilationH, from = down / l.window.strideH;
        if (down % l.window.strideH != 0)
          continue;
        taps.push_back(k);
        const bool isInside = from >= 0 && from < l.x.height;
        rows.insert(rows.begin(), isInside ? l.x.data.data() + from * l.x.width * l.x.channels + g * l.inC : nullptr);
      }
      call(kernelName<T>("conv_transpose_taps"), static_cast<const T *const *>(rows.data()), taps.size(),
           taps.empty() ? 0 : taps[0], taps.size() < 2 ? 1 : taps[1] - taps[0], l.x.width, l.inC, l.x.channels,
           l.w.kernelH, l.w.kernelW, l.window.strideW, l.window.padLeft, l.window.dilationW,
           l.w.data.data() + g * l.outC * l.w.kernelH * l.w.kernelW * l.inC, l.biasOf(g * l.outC),
           y.data() + row * outW * l.w.out + g * l.outC, outW, l.outC, l.w.out, l.lo, l.hi);
    }
  return y;
}

} // namespace

TEMPLATE_TEST_CASE("convolution rows", "[conv]", float, double) {
  for (uint32_t round = 0; round < rounds; ++round) {
    const Layer<TestType> l(round, false);
    INFO(l.describe());
    const auto expected =
        convolution<double>(l.wideX(), l.wideW(), l.window, l.groups, 0, {}, converted<double>(l.bias));
    REQUIRE(difference(runConv(l, expected.height, expected.width), l.clamped(expected)) == "");
  }
}

TEMPLATE_TEST_CASE("depthwise convolution rows", "[conv]", float, double) {
  for (uint32_t round = 0; round < rounds; ++round) {
    const Layer<TestType> l(1000 + round, true);
    INFO(l.describe());
    const auto expected =
        convolution<double>(l.wideX(), l.wideW(), l.window, l.groups, 0, {}, converted<double>(l.bias));
    const int64_t taps = l.window.kernelH * l.window.kernelW;
    std::vector<TestType> byTap(l.w.data.size()); // [kh][kw][c]
    for (int64_t c = 0; c < l.groups; ++c)
      for (int64_t t = 0; t < taps; ++t)
        byTap[t * l.groups + c] = l.w.data[c * taps + t];
    std::vector<TestType> y(expected.data.size());
    for (int64_t row = 0; row < expected.height; ++row) {
      const auto rows = rowsOf(l.x.data, l.x, l.window, row);
      call(kernelName<TestType>("depthwise_row"), rows.data(), l.window.kernelH, l.x.width, l.groups, l.groups,
           l.window.kernelW, l.window.strideW, l.window.padLeft, l.window.dilationW, byTap.data(), l.biasOf(0),
           y.data() + row * expected.width * l.groups, expected.width, l.groups, l.lo, l.hi);
    }
    REQUIRE(difference(y, l.clamped(expected)) == "");
  }
}

TEMPLATE_TEST_CASE("transposed convolution rows", "[conv]", float, double) {
  for (uint32_t round = 0; round < rounds; ++round) {
    Layer<TestType> l(2000 + round, false);
    // ONNX: the output padding is less than the stride, and what the pads cut off leaves something.
    const int64_t outPadH = l.random.integer(0, l.window.strideH - 1),
                  outPadW = l.random.integer(0, l.window.strideW - 1);
    for (int64_t *pad : {&l.window.padTop, &l.window.padLeft, &l.window.padBottom, &l.window.padRight})
      *pad = *pad % 2;
    const auto size = [](int64_t in, int64_t stride, int64_t kernel, int64_t dilation, int64_t pads) {
      return stride * (in - 1) + (kernel - 1) * dilation + 1 - pads;
    };
    if (size(l.x.height, l.window.strideH, l.w.kernelH, l.window.dilationH, l.window.padTop + l.window.padBottom) < 1 ||
        size(l.x.width, l.window.strideW, l.w.kernelW, l.window.dilationW, l.window.padLeft + l.window.padRight) < 1)
      continue;
    INFO(l.describe());
    const auto expected = transposedConvolution<double>(l.wideX(), l.wideW(), l.window, l.groups, outPadH, outPadW,
                                                        converted<double>(l.bias));
    std::vector<TestType> y(expected.data.size());
    for (int64_t row = 0; row < expected.height; ++row)
      for (int64_t g = 0; g < l.groups; ++g)
        call(kernelName<TestType>("conv_transpose_row"), l.x.data.data() + g * l.inC, row, l.x.height, l.x.width, l.inC,
             l.x.channels, l.w.kernelH, l.w.kernelW, l.window.strideH, l.window.strideW, l.window.padTop,
             l.window.padLeft, l.window.dilationH, l.window.dilationW,
             l.w.data.data() + g * l.outC * l.w.kernelH * l.w.kernelW * l.inC, l.biasOf(g * l.outC),
             y.data() + row * expected.width * l.w.out + g * l.outC, expected.width, l.outC, l.w.out, l.lo, l.hi);
    REQUIRE(difference(y, l.clamped(expected)) == "");
    REQUIRE(difference(rowsOfTaps(l, expected.height, expected.width), l.clamped(expected)) == "");
  }
}

TEST_CASE("NaN and Inf go through a convolution", "[conv]") {
  const float inf = INFINITY, x[] = {1, NAN, 2, inf, 3}, w[] = {2}, bias[] = {1};
  const float *rows[] = {x};
  float y[5];
  call("brn_conv_row_f32", static_cast<const float *const *>(rows), 1, 5, 1, 1, 1, 1, 0, 1, w, bias, y, 5, 1, 1, -inf,
       inf);
  CHECK(difference(std::vector<float>(y, y + 5), std::vector<double>{3, NAN, 5, INFINITY, 7}) == "");
  call("brn_conv_row_f32", static_cast<const float *const *>(rows), 1, 5, 1, 1, 1, 1, 0, 1, w, bias, y, 5, 1, 1, 0.f,
       6.f);
  CHECK(difference(std::vector<float>(y, y + 5), std::vector<double>{3, NAN, 5, 6, 6}) == "");
}

TEST_CASE("rows may lie anywhere, as in a ring", "[conv]") {
  const float oldest[] = {1, 2}, newest[] = {10, 20}, w[] = {1, 3}; // [1][2][1][1]
  const float *rows[] = {oldest, newest};
  float y[2];
  call("brn_conv_row_f32", static_cast<const float *const *>(rows), 2, 2, 1, 1, 1, 1, 0, 1, w, nullptr, y, 2, 1, 1,
       -INFINITY, INFINITY);
  CHECK(y[0] == 31);
  CHECK(y[1] == 62);
}
