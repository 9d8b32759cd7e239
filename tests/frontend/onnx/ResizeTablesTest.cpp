// Tables of Resize against numbers worked out by hand.
#include "frontend/onnx/ops/ResizeTables.h"

#include <catch2/catch.hpp>

using namespace burin::importer;

namespace {

using Indices = std::vector<int32_t>;

ResizeAxis axis(int64_t in, int64_t out, ResizeMode mode, ResizeCoordinates coordinates) {
  ResizeAxis a;
  a.in = in;
  a.out = out;
  a.scale = static_cast<double>(out) / static_cast<double>(in);
  a.mode = mode;
  a.coordinates = coordinates;
  return a;
}

Indices nearestIndices(int64_t in, int64_t out, ResizeCoordinates coordinates, ResizeRounding rounding) {
  ResizeAxis a = axis(in, out, ResizeMode::Nearest, coordinates);
  a.rounding = rounding;
  return makeResizeTable(a).indices;
}

/// The output for the ramp 0, 1, 2 ...: shows where each output element looks.
std::vector<float> onRamp(const ResizeAxis &a) {
  const ResizeTable t = makeResizeTable(a);
  std::vector<float> y(static_cast<size_t>(a.out), 0);
  for (size_t i = 0; i < y.size(); ++i)
    for (size_t k = 0; k < static_cast<size_t>(t.taps); ++k) {
      const size_t at = i * static_cast<size_t>(t.taps) + k;
      REQUIRE(t.indices[at] >= 0);
      REQUIRE(t.indices[at] < a.in);
      y[i] += t.weights[at] * static_cast<float>(t.indices[at]);
    }
  return y;
}

void checkClose(const std::vector<float> &got, const std::vector<float> &expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).margin(1e-6));
}

} // namespace

TEST_CASE("nearest") {
  using C = ResizeCoordinates;
  using R = ResizeRounding;
  CHECK(nearestIndices(2, 4, C::Asymmetric, R::Floor) == Indices{0, 0, 1, 1});
  CHECK(nearestIndices(2, 4, C::HalfPixel, R::PreferFloor) == Indices{0, 0, 1, 1});
  CHECK(nearestIndices(4, 2, C::HalfPixel, R::PreferFloor) == Indices{0, 2}); // at 0.5 and 2.5
  CHECK(nearestIndices(4, 2, C::HalfPixel, R::PreferCeil) == Indices{1, 3});
  CHECK(nearestIndices(4, 3, C::AlignCorners, R::PreferFloor) == Indices{0, 1, 3}); // at 0, 1.5, 3
  CHECK(nearestIndices(4, 3, C::AlignCorners, R::Ceil) == Indices{0, 2, 3});
  CHECK(nearestIndices(3, 2, C::Asymmetric, R::Legacy) == Indices{0, 2}); // at 0 and 1.5, shrinking
  // At 3 and 6.5; but 1/7 and 1/14 are larger in float32, and the quotients smaller. Near the middle that doesn't
  // count.
  CHECK(nearestIndices(7, 1, C::HalfPixel, R::Floor) == Indices{2});
  CHECK(nearestIndices(14, 1, C::HalfPixel, R::PreferCeil) == Indices{7});
  CHECK(nearestIndices(14, 1, C::HalfPixel, R::PreferFloor) == Indices{6});
}

TEST_CASE("linear") {
  using C = ResizeCoordinates;
  checkClose(onRamp(axis(2, 4, ResizeMode::Linear, C::HalfPixel)), {0, 0.25f, 0.75f, 1});
  checkClose(onRamp(axis(2, 4, ResizeMode::Linear, C::Asymmetric)), {0, 0.5f, 1, 1});
  checkClose(onRamp(axis(3, 5, ResizeMode::Linear, C::AlignCorners)), {0, 0.5f, 1, 1.5f, 2});
  checkClose(onRamp(axis(4, 1, ResizeMode::Linear, C::PytorchHalfPixel)), {0});
  checkClose(onRamp(axis(4, 1, ResizeMode::Linear, C::HalfPixel)), {1.5f});
}

TEST_CASE("a fractional scale whose output was rounded is centred by half_pixel_symmetric") {
  ResizeAxis a = axis(5, 2, ResizeMode::Linear, ResizeCoordinates::HalfPixelSymmetric);
  a.scale = 0.5; // 2.5 elements wide, 2 of them kept: they sit at 1 and 3, around the centre 2
  checkClose(onRamp(a), {1, 3});
}

TEST_CASE("cubic") {
  ResizeAxis a = axis(6, 12, ResizeMode::Cubic, ResizeCoordinates::Asymmetric);
  const ResizeTable t = makeResizeTable(a);
  REQUIRE(t.taps == 4);
  // Half way between elements 1 and 2, a = -0.75: -3/32, 19/32, 19/32, -3/32.
  CHECK(std::vector<float>(t.weights.begin() + 12, t.weights.begin() + 16) ==
        std::vector<float>{-0.09375f, 0.59375f, 0.59375f, -0.09375f});
  CHECK(Indices(t.indices.begin() + 12, t.indices.begin() + 16) == Indices{0, 1, 2, 3});
  // A cubic with a = -0.5 reproduces straight lines where it doesn't touch the edges.
  a.cubicA = -0.5;
  const std::vector<float> ramp = onRamp(a);
  for (size_t i = 2; i <= 8; ++i)
    CHECK(ramp[i] == Approx(static_cast<float>(i) / 2));
}

TEST_CASE("excluded taps leave the others to sum to one") {
  ResizeAxis a = axis(4, 8, ResizeMode::Cubic, ResizeCoordinates::Asymmetric);
  a.excludeOutside = true;
  const ResizeTable t = makeResizeTable(a);
  // Output 1 sits at 0.5: taps -1 (excluded), 0, 1, 2 of weights 19/32, 19/32, -3/32, divided by their sum 35/32.
  CHECK(t.weights[4] == 0);
  CHECK(t.weights[5] == Approx(19.0 / 35));
  CHECK(t.weights[7] == Approx(-3.0 / 35));
}

TEST_CASE("antialiasing averages what shrinking would skip") {
  ResizeAxis a = axis(4, 2, ResizeMode::Linear, ResizeCoordinates::HalfPixel);
  a.antialias = true;
  const ResizeTable t = makeResizeTable(a);
  REQUIRE(t.taps == 4);
  // Output 0 sits at 0.5; the triangle of radius 2 weighs -1, 0, 1, 2 by 1/4, 3/4, 3/4, 1/4 of 2.
  CHECK(std::vector<float>(t.weights.begin(), t.weights.begin() + 4) ==
        std::vector<float>{0.125f, 0.375f, 0.375f, 0.125f});
  CHECK(Indices(t.indices.begin(), t.indices.begin() + 4) == Indices{0, 0, 1, 2});
}

TEST_CASE("crops mark what lies outside the input") {
  ResizeAxis a = axis(4, 4, ResizeMode::Linear, ResizeCoordinates::TfCropAndResize);
  a.roiStart = 0.5;
  a.roiEnd = 1.5; // from 1.5 to 4.5 in steps of 1
  const ResizeTable t = makeResizeTable(a);
  CHECK(t.outside == std::vector<bool>{false, false, true, true});
  CHECK(t.weights[static_cast<size_t>(2 * t.taps)] == 0);
}

TEST_CASE("coordinates far outside are the edge") {
  ResizeAxis a = axis(3, 2, ResizeMode::Linear, ResizeCoordinates::Asymmetric);
  a.scale = 1e-300;
  checkClose(onRamp(a), {0, 2});
}
