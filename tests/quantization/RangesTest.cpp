#include "quantization/Ranges.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace burin::quantization;

namespace {

constexpr Grid int8{8, true, false, false}, uint8{8, false, false, false}, symmetricInt8{8, true, true, false};
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr RangeMethod allMethods[] = {RangeMethod::MinMax, RangeMethod::Moving, RangeMethod::Percentile,
                                      RangeMethod::Mse, RangeMethod::Entropy};

TensorStatistics statisticsOf(const std::vector<std::vector<float>> &samples, int bins = Histogram::defaultBins) {
  TensorStatistics result;
  for (const auto &sample : samples) {
    result.perSample.emplace_back();
    result.perSample.back().add(sample);
  }
  const Extent all = result.all();
  result.histogram = Histogram(all.min, all.max, bins);
  for (const auto &sample : samples)
    result.histogram.add(sample);
  return result;
}

/// Mean squared error over raw values, from ONNX's formula.
double measuredError(const std::vector<float> &values, const Affine &affine, const Grid &grid) {
  const double least = grid.isSigned ? -std::pow(2, grid.bits - 1) : 0, greatest = least + std::pow(2, grid.bits) - 1;
  double sum = 0;
  for (float x : values) {
    const double q = std::clamp<double>(std::nearbyint(x / affine.scale) + affine.zero, least, greatest);
    sum += std::pow(x - (q - affine.zero) * affine.scale, 2);
  }
  return sum / static_cast<double>(values.size());
}

/// Laplace distributed values, with a few outliers; those below 0 become `slope` times as large.
std::vector<float> heavyTails(std::mt19937_64 &random, int count, float slope) {
  std::exponential_distribution<float> size(1);
  std::vector<float> values;
  for (int i = 0; i < count; ++i) {
    const float sign = random() % 2 ? 1 : -1, outlier = random() % 1000 == 0 ? 5 : 1;
    const float x = sign * size(random) * outlier;
    values.push_back(x < 0 ? slope * x : x);
  }
  return values;
}

} // namespace

TEST_CASE("affineFor: worked examples") {
  // 255 steps over [-1, 4]: scale 5/255, zero -128 + 51.
  CHECK(affineFor({-1, 4}, int8) == Affine{static_cast<float>(5.0 / 255), -77});
  CHECK(affineFor({-1, 4}, uint8) == Affine{static_cast<float>(5.0 / 255), 51});
  CHECK(affineFor({0, 6}, uint8) == Affine{static_cast<float>(6.0 / 255), 0});
  CHECK(affineFor({0, 6}, int8) == Affine{static_cast<float>(6.0 / 255), -128});
  CHECK(affineFor({-2, 0}, int8) == Affine{static_cast<float>(2.0 / 255), 127});
  CHECK(affineFor({-1, 4}, symmetricInt8) == Affine{static_cast<float>(4.0 / 127), 0});
  CHECK(affineFor({-1, 4}, {8, false, true, false}) == Affine{static_cast<float>(4.0 / 127), 128});
  CHECK(affineFor({-3, 1}, {4, true, true, false}) == Affine{static_cast<float>(3.0 / 7), 0});
  CHECK(affineFor({-1, 1}, {16, true, true, false}) == Affine{static_cast<float>(1.0 / 32767), 0});
  CHECK(affineFor({0, 65535}, {16, false, false, false}) == Affine{1, 0});
  // 1/127 lies between 2^-7 and 2^-6; 127/127 is a power of two already.
  CHECK(affineFor({-1, 1}, {8, true, true, true}) == Affine{0.015625f, 0});
  CHECK(affineFor({-127, 1}, {8, true, true, true}) == Affine{1, 0});
  CHECK(affineFor({0, 255}, {8, false, false, true}) == Affine{1, 0});
  CHECK(affineFor({-1, 255}, {8, false, false, true}) == Affine{2, 0}); // -1/2 rounds to the even 0
}

TEST_CASE("affineFor: intervals without extent, and extreme ones") {
  CHECK(affineFor({0, 0}, int8) == Affine{1, -128});
  CHECK(affineFor({0, 0}, symmetricInt8) == Affine{1, 0});
  const float max = std::numeric_limits<float>::max(), denormal = std::numeric_limits<float>::denorm_min();
  for (int bits : {2, 4, 8, 16})
    for (bool isSigned : {false, true})
      for (bool symmetric : {false, true})
        for (bool powerOfTwo : {false, true})
          for (const Interval &interval : {Interval{-max, max}, Interval{0, max}, Interval{-denormal, 0}}) {
            const Grid grid{bits, isSigned, symmetric, powerOfTwo};
            const Affine affine = affineFor(interval, grid);
            CAPTURE(bits, isSigned, symmetric, powerOfTwo, interval.low, interval.high, affine.scale, affine.zero);
            CHECK(std::isnormal(affine.scale));
            CHECK(affine.zero >= grid.least());
            CHECK(affine.zero <= grid.greatest());
          }
}

TEST_CASE("quantise: rounding, saturation, what isn't finite") {
  const Affine affine{0.5f, 3};
  CHECK(affine.quantise(1, int8) == 5);
  CHECK(affine.quantise(0.25f, int8) == 3); // 0.5 steps: to the even 0
  CHECK(affine.quantise(0.75f, int8) == 5); // 1.5 steps: to the even 2
  CHECK(affine.quantise(-0.75f, int8) == 1);
  CHECK(affine.quantise(1e30f, int8) == 127);
  CHECK(affine.quantise(-infinity, int8) == -128);
  CHECK(affine.quantise(infinity, uint8) == 255);
  CHECK(affine.quantise(std::nanf(""), int8) == 3);
  CHECK(affine.dequantise(-5) == -4);
  CHECK(covered(affine, int8) == Interval{-65.5f, 62});
}

TEST_CASE("Extent and Histogram leave out what isn't finite, and count it") {
  Extent extent;
  CHECK(extent.empty());
  extent.add(std::vector<float>{std::nanf(""), 2, infinity, -1, -infinity, 5});
  CHECK((extent.min == -1 && extent.max == 5 && extent.count == 3 && extent.ignored == 3));
  Extent none;
  none.add(std::vector<float>{std::nanf("")});
  CHECK((none.empty() && none.ignored == 1));
  none.merge(extent);
  CHECK((none.min == -1 && none.max == 5 && none.count == 3 && none.ignored == 4));

  Histogram histogram(-1, 1, 4);
  histogram.add(std::vector<float>{-1, -0.6f, -0.4f, 0, 0, 0.1f, 0.5f, 1, 7, -9, std::nanf(""), infinity});
  CHECK(std::vector<int64_t>(histogram.bins().begin(), histogram.bins().end()) == std::vector<int64_t>{3, 1, 1, 3});
  CHECK((histogram.zeros() == 2 && histogram.ignored() == 2 && histogram.total() == 10));
  Histogram other(-1, 1, 4);
  other.add(std::vector<float>{0.9f, 0});
  histogram.merge(other);
  CHECK((histogram.bins()[3] == 4 && histogram.zeros() == 3 && histogram.total() == 12));
}

TEST_CASE("chooseInterval: worked examples") {
  const TensorStatistics statistics = statisticsOf({{-1, 2}, {-3, 1}, {0, 6}});
  CHECK(chooseInterval(RangeMethod::MinMax, {}, statistics, int8) == Interval{-3, 6});
  // low: -1, then half way to -3 and to 0; high: 2, 1.5, 3.75.
  CHECK(chooseInterval(RangeMethod::Moving, {.movingWeight = 0.5}, statistics, int8) == Interval{-1, 3.75f});
  const TensorStatistics positive = statisticsOf({{2, 3}});
  CHECK(chooseInterval(RangeMethod::MinMax, {}, positive, int8) == Interval{0, 3});
  CHECK(chooseInterval(RangeMethod::Moving, {}, positive, int8) == Interval{0, 3});

  // The 1000 values 1 .. 1000 and their negatives, halved: 1 % of 2000 is 20, 10 of them at each end, or, with equal
  // distances from 0, all at the positive end.
  std::vector<float> values(2000);
  for (int i = 0; i < 1000; ++i) {
    values[2 * i] = static_cast<float>(i + 1);
    values[2 * i + 1] = -values[2 * i] / 2;
  }
  const RangeOptions options{.percentile = 99};
  const TensorStatistics ramp = statisticsOf({values});
  const Interval ends = chooseInterval(RangeMethod::Percentile, options, ramp, int8);
  CHECK(ends.low == Approx(-495).margin(1.5));
  CHECK(ends.high == Approx(990).margin(1.5));
  const Interval even = chooseInterval(RangeMethod::Percentile, options, ramp, symmetricInt8);
  CHECK(even.low == -500);
  CHECK(even.high == Approx(980).margin(1.5));
  CHECK(chooseInterval(RangeMethod::Percentile, {.percentile = 100}, ramp, int8).high == Approx(1000).margin(1e-3));
}

TEST_CASE("chooseInterval: tensors with nothing to choose") {
  for (RangeMethod method : allMethods)
    for (const Grid &grid : {int8, uint8, symmetricInt8, Grid{4, true, true, true}, Grid{16, true, true, false}}) {
      CAPTURE(nameOf(method), grid.bits);
      CHECK(chooseInterval(method, {}, {}, grid) == Interval{0, 0});
      CHECK(chooseInterval(method, {}, statisticsOf({{std::nanf(""), infinity}}), grid) == Interval{0, 0});
      CHECK(chooseInterval(method, {}, statisticsOf({{0, 0}, {0}}), grid) == Interval{0, 0});
      CHECK(chooseInterval(method, {}, statisticsOf({{-2.5f}}), grid) == Interval{-2.5f, 0});
      CHECK(chooseInterval(method, {}, statisticsOf({{7, 7, 7}}), grid) == Interval{0, 7});
      const float max = std::numeric_limits<float>::max();
      const Interval huge = chooseInterval(method, {}, statisticsOf({{-max, max, 1, 0}}), grid);
      CHECK((std::isfinite(huge.low) && std::isfinite(huge.high) && huge.low <= 0 && huge.high >= 0));
    }
}

TEST_CASE("expectedSquaredError is the integral of the error over each bin") {
  // One value in [0, 4): with scale 1 and integers 0..3, rounding errs 1/12 in [0, 3], and t^2 from 3 to 4: 1/3.
  Histogram histogram(0, 4, 1);
  histogram.add(std::vector<float>{2.2f});
  CHECK(expectedSquaredError(histogram, {1, 0}, {2, false, false, false}) == Approx((3.0 / 12 + 1.0 / 3) / 4));
  // The same with the grid's 0 in the middle: -2 .. 1.
  Histogram shifted(-2, 2, 1);
  shifted.add(std::vector<float>{0.2f, 0}); // a zero has no error
  CHECK(expectedSquaredError(shifted, {1, 0}, {2, true, false, false}) == Approx((3.0 / 12 + 1.0 / 3) / 8));
  Histogram constant(2.25f, 2.25f);
  constant.add(std::vector<float>{2.25f});
  CHECK(expectedSquaredError(constant, {1, 0}, int8) == Approx(0.0625));
  CHECK(expectedSquaredError(Histogram(0, 1), {1, 0}, int8) == 0);

  const uint64_t seed = 20;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const std::vector<float> values = heavyTails(random, 100000, 0.3f);
  const TensorStatistics statistics = statisticsOf({values});
  for (int bits : {2, 4, 8})
    for (const Interval &interval : {Interval{-1, 3}, Interval{-3, 10}, Interval{-0.1f, 30}}) {
      const Grid grid{bits, true, false, false};
      const Affine affine = affineFor(interval, grid);
      CHECK(expectedSquaredError(statistics.histogram, affine, grid) ==
            Approx(measuredError(values, affine, grid)).epsilon(0.05));
    }
}

TEST_CASE("quantisationDivergence: a worked example") {
  // Bins of width 1 with 3, 1, 2, 2, 1, 1; integers 0..3 of scale 2 are 0, 2, 4, 6, whose steps take the bins with
  // centres (0, 1), (1, 3), (3, 5), (5, 7): centre 0.5 to 0, 1.5 and 2.5 to 1, 3.5 and 4.5 to 2, 5.5 to 3.
  Histogram histogram(0, 6, 6);
  histogram.add(std::vector<float>{0.2f, 0.5f, 0.6f, 1.5f, 2.5f, 2.6f, 3.1f, 3.2f, 4.5f, 5.5f});
  const Grid grid{2, false, false, false};
  const double p[] = {.3, .1, .2, .2, .1, .1}, q[] = {.3, .15, .15, .15, .15, .1};
  double expected = 0;
  for (int i = 0; i < 6; ++i)
    expected += p[i] * std::log(p[i] / ((1 - 1e-4) * q[i] + 1e-4 / 6));
  CHECK(quantisationDivergence(histogram, {2, 0}, grid) == Approx(expected));
  // Scale 1 covers up to 3.5: the last two values go to the end bin of P, whose share in Q has 6 + 1 + ... of 8.
  Histogram clipped(0, 6, 6);
  clipped.add(std::vector<float>{0.2f, 1.6f, 1.7f, 2.8f, 4.5f, 5.5f});
  const double total = 1.0 / 6 * std::log(1.0 / 6 / (0.9999 / 4 + 1e-4 / 3)) +
                       2.0 / 6 * std::log(2.0 / 6 / (0.9999 / 2 + 1e-4 / 3)) +
                       1.0 / 6 * std::log(1.0 / 6 / (0.9999 / 4 + 1e-4 / 3)) + 2.0 / 6 * std::log(2.0 / 6 / (1e-4 / 3));
  CHECK(quantisationDivergence(clipped, {1.2f, 0}, grid) == Approx(total));
}

TEST_CASE("Mse: not worse than all values, nor than any other interval, measured on the values") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const float slope = GENERATE(0.0f, 0.1f, 1.0f);
  const int bits = GENERATE(2, 4, 8);
  const bool symmetric = GENERATE(false, true), powerOfTwo = GENERATE(false, true);
  CAPTURE(seed, slope, bits, symmetric, powerOfTwo);
  const Grid grid{bits, true, symmetric, powerOfTwo};
  std::mt19937_64 random(seed);
  const std::vector<float> values = heavyTails(random, 4000, slope);
  const TensorStatistics statistics = statisticsOf({values});
  const Interval chosen = chooseInterval(RangeMethod::Mse, {}, statistics, grid);
  const Interval all = chooseInterval(RangeMethod::MinMax, {}, statistics, grid);
  REQUIRE((chosen.low <= 0 && chosen.low >= all.low && chosen.high >= 0 && chosen.high <= all.high));
  const double error = measuredError(values, affineFor(chosen, grid), grid);
  CHECK(error <= measuredError(values, affineFor(all, grid), grid) * 1.001);
  double least = infinity;
  for (int low = 1; low <= 20; ++low)
    for (int high = 1; high <= 20; ++high)
      least = std::min(least, measuredError(values, affineFor({all.low * low / 20, all.high * high / 20}, grid), grid));
  CHECK(error <= least * 1.05);
}

TEST_CASE("Percentile, Mse and Entropy cut off outliers, and keep what has none") {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> values(50000);
  std::generate(values.begin(), values.end(), [&] { return normal(random); });
  values[17] = 40;
  const TensorStatistics statistics = statisticsOf({values});
  // With 8 bits the outlier alone, clipped, would err more than all others rounded.
  CHECK(chooseInterval(RangeMethod::Mse, {}, statistics, int8).high > 10);
  const std::pair<RangeMethod, int> cases[] = {
      {RangeMethod::Percentile, 8}, {RangeMethod::Mse, 4}, {RangeMethod::Entropy, 8}, {RangeMethod::Entropy, 4}};
  for (const auto &[method, bits] : cases)
    for (bool symmetric : {false, true}) {
      const Grid grid{bits, true, symmetric, false};
      const Interval chosen = chooseInterval(method, {}, statistics, grid);
      CAPTURE(nameOf(method), grid.symmetric, chosen.low, chosen.high);
      CHECK(chosen.high < 10);
      CHECK(chosen.high > 2);
      CHECK(chosen.low < -2);
    }
  std::vector<float> even(50000);
  std::iota(even.begin(), even.end(), -20000.0f);
  const TensorStatistics flat = statisticsOf({even});
  for (RangeMethod method : {RangeMethod::Mse, RangeMethod::Entropy}) {
    const Interval chosen = chooseInterval(method, {}, flat, int8);
    CAPTURE(nameOf(method), chosen.low, chosen.high);
    CHECK(chosen.low < -19500);
    CHECK(chosen.high > 29500);
  }
}

TEST_CASE("methods have names") {
  for (RangeMethod method : allMethods)
    CHECK(rangeMethodNamed(nameOf(method)) == method);
  CHECK(!rangeMethodNamed("median"));
}
