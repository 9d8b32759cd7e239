// Sampling between pixels, regions of interest, determinants and the places of maxima against their naive twins.
#include "tests/reference/Sampling.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

using namespace burin;
using namespace burin::test;

namespace {

template <typename T> constexpr double tolerance = std::is_same_v<T, float> ? 2e-4 : 1e-10;

/// Channel `c` of `channels` as doubles.
template <typename T> std::vector<double> channel(const std::vector<T> &x, size_t channels, size_t c) {
  std::vector<double> out;
  for (size_t i = c; i < x.size(); i += channels)
    out.push_back(static_cast<double>(x[i]));
  return out;
}

template <typename T>
void checkSample(Random &random, const std::string &mode, const std::string &outside, uint32_t depth) {
  const uint32_t corners = random.size(0, 1), channels = random.size(1, 3), n = 7;
  std::vector<uint32_t> dims;
  for (uint32_t axis = 0; axis < depth; ++axis)
    dims.push_back(random.size(1, 5));
  size_t pixels = 1;
  for (uint32_t extent : dims)
    pixels *= extent;
  const auto x = random.values<T>(pixels * channels, -1, 1), at = random.values<T>(size_t{n} * depth, -9, 14);
  std::vector<T> y(size_t{n} * channels, T(-7));
  call(kernelName<T>("sample_" + mode + "_" + outside), x.data(), dims.data(), depth, channels, corners, at.data(),
       y.data(), n);
  for (size_t c = 0; c < channels; ++c) {
    const reference::Sampler twin{mode, outside, corners != 0, {dims.begin(), dims.end()}, channel(x, channels, c)};
    std::vector<double> expected;
    for (size_t i = 0; i < n; ++i)
      expected.push_back(twin.at({at.begin() + i * depth, at.begin() + (i + 1) * depth}));
    INFO(random.seed() << " " << mode << " " << outside << " depth " << depth << " corners " << corners);
    CHECK(difference(channel(y, channels, c), expected, 0, tolerance<T>) == "");
  }
}

} // namespace

TEMPLATE_TEST_CASE("samples between pixels", "[sample]", float, double) {
  Random random(1);
  for (const char *mode : {"nearest", "linear", "cubic"})
    for (const char *outside : {"zeros", "border", "reflection"})
      for (uint32_t depth : {1u, 2u, 3u})
        for (int round = 0; round < 12; ++round)
          checkSample<TestType>(random, mode, outside, depth);
}

TEMPLATE_TEST_CASE("samples at positions that aren't numbers, or far away", "[sample]", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<uint32_t> dims = {2, 3};
  const std::vector<T> x = {1, 2, 3, 4, 5, 6}, at = {inf, 0, -inf, nan, nan, nan, T(1e30), T(-1e30)};
  for (const char *mode : {"nearest", "linear", "cubic"})
    for (const char *outside : {"zeros", "border", "reflection"}) {
      std::vector<T> y(4, T(-7));
      call(kernelName<T>("sample_" + std::string(mode) + "_" + outside), x.data(), dims.data(), 2u, 1u, 0u, at.data(),
           y.data(), 4u);
      INFO(mode << " " << outside);
      for (T v : y)
        CHECK(!(std::fabs(v) > 20)); // or NaN
    }
}

TEMPLATE_TEST_CASE("regions of interest, resampled", "[roi]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(round);
    const uint32_t images = random.size(1, 3), h = random.size(1, 6), w = random.size(1, 6), c = random.size(1, 3),
                   outH = 1u << random.size(0, 2), outW = 1u << random.size(0, 2), grid = random.size(0, 2);
    const bool halfPixel = random.chance(0.5);
    const auto x = random.values<T>(size_t{images} * h * w * c, -1, 1);
    std::vector<T> rois; // quarters, so that bins and their numbers of samples are exact
    for (int i = 0; i < 4; ++i)
      rois.push_back(static_cast<T>(random.integer(-20, 60)) / 4);
    const int64_t image = random.integer(-1, images);
    const size_t used = static_cast<size_t>(std::clamp<int64_t>(image < 0 ? image + images : image, 0, images - 1));
    for (const char *mode : {"avg", "max"}) {
      std::vector<T> y(size_t{outH} * outW * c, T(-7));
      call(kernelName<T>("roi_align_" + std::string(mode)), x.data(), images, h, w, c, rois.data(), &image, 1u, T(0.5),
           T(halfPixel ? 0.5 : 0), T(halfPixel ? -1e30 : 1), grid, y.data(), outH, outW);
      const double shift = halfPixel ? 0.5 : 0, left = rois[0] * 0.5 - shift, top = rois[1] * 0.5 - shift,
                   width = (rois[2] - rois[0]) * 0.5, height = (rois[3] - rois[1]) * 0.5,
                   binH = (halfPixel ? height : std::max(height, 1.0)) / outH,
                   binW = (halfPixel ? width : std::max(width, 1.0)) / outW;
      const int64_t rows = grid ? grid : std::max<int64_t>(0, static_cast<int64_t>(std::ceil(binH))),
                    columns = grid ? grid : std::max<int64_t>(0, static_cast<int64_t>(std::ceil(binW)));
      std::vector<double> expected;
      const std::vector<T> from(x.begin() + used * h * w * c, x.begin() + (used + 1) * h * w * c);
      for (uint32_t bin = 0; bin < outH * outW; ++bin)
        for (uint32_t j = 0; j < c; ++j)
          expected.push_back(reference::roiBin(
              channel(from, c, j), h, w, mode == std::string("max"), top + bin / outW * binH, left + bin % outW * binW,
              binH / static_cast<double>(rows), binW / static_cast<double>(columns), rows, columns));
      INFO(random.seed() << " round " << round << " " << mode << " grid " << grid);
      CHECK(difference(y, expected, 0, tolerance<T>) == "");
    }
  }
}

TEMPLATE_TEST_CASE("maxima over the bins of regions", "[roi]", float, double) {
  using T = TestType;
  std::vector<T> x;
  for (int i = 0; i < 2 * 4 * 4; ++i)
    x.push_back(static_cast<T>(i));
  // Pixels 1 .. 3 of image 1 both ways; bins of 1.5 pixels overlap. Then a region outside, and nonsense.
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> rois = {1, 2, 2, 6, 6, 0, 20, 20, 30, 30, T(1e30), nan, nan, nan, nan};
  std::vector<T> y(12, T(-7));
  call(kernelName<T>("roi_max_pool"), x.data(), 2u, 4u, 4u, 1u, rois.data(), 3u, T(0.5), y.data(), 2u, 2u);
  CHECK(difference(std::vector<T>(y.begin(), y.begin() + 8), std::vector<T>{26, 27, 30, 31, 0, 0, 0, 0}) == "");
}

TEMPLATE_TEST_CASE("determinants", "[det]", float, double) {
  using T = TestType;
  for (uint32_t n = 0; n <= 5; ++n)
    for (uint32_t round = 0; round < 10; ++round) {
      Random random(round);
      auto x = random.values<T>(size_t{n} * n, -2, 2);
      if (round % 3 == 0 && n > 1) // a zero pivot, and now and then two equal rows
        std::fill_n(x.begin(), round == 0 ? n - 1 : 1, T(0));
      std::vector<T> work(size_t{n} * n + 1), y(1, T(-7));
      call(kernelName<T>("det"), x.data(), work.data(), y.data(), n);
      INFO(random.seed() << " n " << n << " round " << round);
      CHECK(difference(y, std::vector<double>{reference::determinant(channel(x, 1, 0), n)}, tolerance<T>,
                       tolerance<T>) == "");
    }
}

TEMPLATE_TEST_CASE("places of maxima", "[pool]", float, double, int8_t, uint8_t) {
  using T = TestType;
  // One plane 1 x 3 x 4, windows 2 x 2 with stride 1 x 2, a pad on top and on the left.
  const std::vector<T> x = {5, 1, 2, 2, 0, 9, 2, 2, 5, 5, 1, 0};
  const std::vector<int32_t> window = {1, 3, 4, 1, 3, 2, 1, 2, 2, 1, 1, 2, 1, 1, 1, 0, 1, 1};
  std::vector<int64_t> y(6, -7);
  call(kernelName<T>("arg_pool"), x.data(), window.data(), 0u, 1u, y.data());
  CHECK(y == std::vector<int64_t>{12 + 0, 12 + 2, 12 + 0, 12 + 5, 12 + 8, 12 + 5});
  call(kernelName<T>("arg_pool"), x.data(), window.data(), 1u, 0u, y.data());
  CHECK(y == std::vector<int64_t>{0, 6, 0, 4, 2, 4});
}
