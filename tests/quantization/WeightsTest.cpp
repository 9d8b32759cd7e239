#include "quantization/Weights.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace burin::quantization;

namespace {

WeightMatrix matrix(const std::vector<float> &values, int64_t channels) {
  return {values, channels, static_cast<int64_t>(values.size()) / channels};
}

} // namespace

TEST_CASE("roundNearest: worked examples") {
  const std::vector<float> values = {0.1f, -0.7f, 0.3f, 1.4f, 14, -6};
  SECTION("per channel, symmetric") {
    // 4 bits: scales 0.7/8 or 0.3/7, 14/7.
    const QuantisedWeights q = roundNearest(matrix(values, 2), coveringScales(matrix(values, 2), {.bits = 4}));
    CHECK(q.scales == std::vector<float>{0.0875f, 2});
    CHECK(q.values == std::vector<int8_t>{1, -8, 3, 1, 7, -3});
    CHECK(q.dequantised(0, 1) == -0.7f);
    CHECK(q.dequantised()[5] == -6);
  }
  SECTION("per channel, narrow") {
    const WeightGrid grid{.bits = 4, .narrow = true};
    const QuantisedWeights q = roundNearest(matrix(values, 2), coveringScales(matrix(values, 2), grid));
    CHECK(q.scales[0] == 0.1f);
    CHECK(q.values == std::vector<int8_t>{1, -7, 3, 1, 7, -3});
  }
  SECTION("per tensor, asymmetric") {
    // From -6 to 14 in 255 steps; zero = -128 + 6 / (20/255) = -51.5, to even: -52.
    const WeightGrid grid{.bits = 8, .symmetric = false, .granularity = Granularity::Tensor};
    const QuantisedWeights q = roundNearest(matrix(values, 2), coveringScales(matrix(values, 2), grid));
    CHECK(q.scales == std::vector<float>{static_cast<float>(20.0 / 255)});
    CHECK(std::abs(q.zeros[0] + 51.5) == 0.5);
    CHECK(q.values[3] - q.zeros[0] == 18); // 1.4 / 0.0784 = 17.85
    CHECK(q.values[0] - q.zeros[0] == 1);
  }
  SECTION("per block, powers of two") {
    const WeightGrid grid{.bits = 4, .narrow = true, .powerOfTwo = true, .granularity = Granularity::Block, .block = 2};
    const QuantisedWeights q = roundNearest(matrix(values, 2), coveringScales(matrix(values, 2), grid));
    CHECK(q.blocksPerChannel() == 2);
    CHECK(q.scales == std::vector<float>{0.125f, 0.0625f, 2, 1});
    CHECK(q.values == std::vector<int8_t>{1, -6, 5, 1, 7, -6});
    CHECK(q.index(1, 2) == 3);
    CHECK(q.range(3) == std::pair<int64_t, int64_t>{5, 6});
  }
  SECTION("2 bits") {
    const QuantisedWeights q = roundNearest(matrix(values, 1), coveringScales(matrix(values, 1), {.bits = 2}));
    CHECK(q.scales == std::vector<float>{14});
    CHECK(q.values == std::vector<int8_t>{0, 0, 0, 0, 1, 0});
  }
}

TEST_CASE("coveringScales: zeros, extremes") {
  const float max = std::numeric_limits<float>::max(), denormal = std::numeric_limits<float>::denorm_min();
  const std::vector<float> values = {0, 0, max, -max, denormal, -denormal};
  for (bool symmetric : {true, false})
    for (bool powerOfTwo : {true, false}) {
      const WeightGrid grid{.bits = 3, .symmetric = symmetric, .powerOfTwo = powerOfTwo};
      const QuantisedWeights q = roundNearest(matrix(values, 3), coveringScales(matrix(values, 3), grid));
      CAPTURE(symmetric, powerOfTwo);
      CHECK(q.scales[0] == 1);
      for (size_t c = 0; c < 3; ++c)
        CHECK(std::isnormal(q.scales[c]));
      CHECK(q.dequantised(0, 0) == 0);
      CHECK(q.dequantised(2, 0) == 0);
    }
}

TEST_CASE("roundNearest: no weight has a nearer integer") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const int bits = GENERATE(2, 3, 4, 5, 6, 7, 8);
  const bool symmetric = GENERATE(true, false), narrow = GENERATE(true, false);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel, Granularity::Block);
  CAPTURE(seed, bits, symmetric, narrow, static_cast<int>(granularity));
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(5 * 37);
  for (float &w : values)
    w = normal(random);
  const WeightGrid grid{bits, symmetric, narrow, false, granularity, 8};
  const WeightMatrix weights = matrix(values, 5);
  const QuantisedWeights q = roundNearest(weights, coveringScales(weights, grid));
  bool nearest = true, inside = true, covered = true;
  for (int64_t c = 0; c < 5; ++c)
    for (int64_t d = 0; d < 37; ++d) {
      const double w = weights.channel(c)[d], scale = q.scales[q.index(c, d)];
      const int zero = q.zeros[q.index(c, d)], integer = q.values[c * 37 + d];
      inside = inside && integer >= grid.least() && integer <= grid.greatest();
      covered = covered && std::abs(w - (integer - zero) * scale) <= scale * (symmetric ? 0.5001 : 1.0001);
      for (int other = grid.least(); other <= grid.greatest(); ++other)
        nearest = nearest && std::abs(w - (integer - zero) * scale) <= std::abs(w - (other - zero) * scale) + 1e-6;
    }
  CHECK(nearest);
  CHECK(inside);
  CHECK(covered);
}

TEST_CASE("storedBytes") {
  const std::vector<float> values(3 * 5, 1.0f);
  auto bytes = [&](const WeightGrid &grid) { return storedBytes(coveringScales(matrix(values, 3), grid)); };
  CHECK(bytes({.bits = 8}) == 15 + 12);
  CHECK(bytes({.bits = 4}) == 8 + 12);
  CHECK(bytes({.bits = 2, .symmetric = false}) == 4 + 12 + 1);
  CHECK(bytes({.bits = 5, .symmetric = false, .granularity = Granularity::Block, .block = 2}) == 15 + 9 * 5);
}
