// TFLite's fixed-point arithmetic against its formulas in wide integers, and its tables against the functions themselves.
#include "ir/numerics/TfLite.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace burin::numerics;

namespace {

using Wide = __int128;

Wide floorQuotient(Wide a, Wide b) { return a / b - (a % b < 0); }

/// The product as real numbers have it, rounded twice: to a multiple of 2^-31 of the left-shifted product, ties up; then to
/// an integer, ties away from zero.
int32_t twice(int32_t v, tflite::Scale scale) {
  const int left = std::max(31 - int{scale.shift}, 0), right = std::max(int{scale.shift} - 31, 0);
  const Wide product = Wide{v} * (Wide{1} << left) * scale.mult;
  const Wide high = floorQuotient(product + (Wide{1} << 30), Wide{1} << 31);
  const Wide magnitude = high < 0 ? -high : high;
  const Wide rounded = floorQuotient(2 * magnitude + (Wide{1} << right), Wide{2} << right);
  return static_cast<int32_t>(high < 0 ? -rounded : rounded);
}

} // namespace

TEST_CASE("multipliers are the nearest of 31 bits") {
  CHECK(tflite::scaleOf(1.0).mult == 1 << 30);
  CHECK(tflite::scaleOf(1.0).shift == 30);
  CHECK(tflite::scaleOf(0.5).shift == 31);
  CHECK(tflite::scaleOf(0.75).mult == 3 << 29);
  CHECK(tflite::scaleOf(0).mult == 0);
  CHECK(tflite::scaleOf(0x1p-40).mult == 0);
  CHECK(tflite::scaleOf(0x1p40).mult == std::numeric_limits<int32_t>::max());
  // Just below a power of two the mantissa rounds up to it.
  CHECK(tflite::scaleOf(1 - 0x1p-40).mult == 1 << 30);
  CHECK(tflite::scaleOf(1 - 0x1p-40).shift == 30);
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    const double real = std::exp2(std::uniform_real_distribution<double>(-25, 5)(random));
    const tflite::Scale scale = tflite::scaleOf(real);
    CHECK(std::fabs(std::ldexp(scale.mult, -scale.shift) - real) <= std::ldexp(0.5, -int{scale.shift}));
  }
}

TEST_CASE("scaling rounds twice") {
  // 3 * 0.5 = 1.5: the high product's tie goes up; -3 * 0.5 = -1.5: up, too.
  CHECK(tflite::scaled(3, {1 << 30, 31}) == 2);
  CHECK(tflite::scaled(-3, {1 << 30, 31}) == -1);
  // 6 * 0.25 = 1.5: exact before the shift, whose tie goes away from zero.
  CHECK(tflite::scaled(6, {1 << 30, 32}) == 2);
  CHECK(tflite::scaled(-6, {1 << 30, 32}) == -2);
  CHECK(tflite::scaled(-7, {1 << 30, 30}) == -7);
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const auto shift = static_cast<uint8_t>(std::uniform_int_distribution<int>(25, 62)(random));
    const int headroom = std::max(31 - int{shift}, 0);
    const int32_t v = static_cast<int32_t>(random()) >> (headroom + static_cast<int>(random() % 20));
    const tflite::Scale scale{static_cast<int32_t>(random() >> 34 | 1u << 30), shift};
    INFO(v << " * " << scale.mult << " >> " << int{shift});
    REQUIRE(tflite::scaled(v, scale) == twice(v, scale));
  }
}

TEST_CASE("the exponentials of a softmax are those of real numbers, to a few units") {
  for (double sx : {0.001, 0.01, 0.05, 0.1, 0.3, 1.0}) {
    const auto table = tflite::exponentials(sx);
    CHECK(table[0] == std::numeric_limits<int32_t>::max());
    for (int d = 1; d < 256; ++d) {
      INFO("scale " << sx << " difference " << d);
      const double exact = std::exp(-sx * d);
      CHECK(std::fabs(std::ldexp(table[static_cast<size_t>(d)], -31) - exact) <= 1e-6);
    }
  }
}

TEST_CASE("the logistic function is right to a step") {
  for (double sx : {0.01, 0.05, 0.1, 0.5})
    for (int d = -255; d <= 255; ++d) {
      INFO("scale " << sx << " difference " << d);
      CHECK(std::fabs(tflite::logistic(d, sx) - std::min(256 / (1 + std::exp(-sx * d)), 255.0)) <= 0.51);
    }
}
