#include "quantization/Pruning.h"
#include "quantization/Reconstruct.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace burin::quantization;

TEST_CASE("roundByInterval: a worked example") {
  // 3 bits: sizes 0..3 for |w| from 0.2 to 0.8, half the greatest, so steps of 0.2: 0.31 -> 0.55 -> 1, 0.1 -> 0,
  // 0.29 -> 0.45 -> 0.
  const std::vector<float> weights = {0.1f, -0.31f, 0.29f, 1.6f, -0.65f, 0};
  const WeightGrid grid{.bits = 3};
  const QuantisedWeights q = roundByInterval({weights, 1, 6}, grid, {0.125f, 0.5f}, identityMoments(6));
  CHECK(q.values == std::vector<int8_t>{0, -1, 0, 3, -2, 0});
  // Least squares: (1 * 0.31 + 3 * 1.6 + 2 * 0.65) / (1 + 9 + 4).
  CHECK(q.scales[0] == Approx(6.41 / 14));
  // Without pruning it is rounding to nearest.
  const QuantisedWeights plain = roundByInterval({weights, 1, 6}, grid, {0, 1}, identityMoments(6));
  WeightScales scales = coveringScales({weights, 1, 6}, {.bits = 3, .narrow = true});
  CHECK(plain.values == roundNearest({weights, 1, 6}, scales).values);
}

TEST_CASE("searchPruningInterval trades error for zeros") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const int bits = GENERATE(2, 4);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel);
  CAPTURE(seed, bits, static_cast<int>(granularity));
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(6 * 50), input(200 * 50);
  for (auto *vector : {&values, &input})
    std::generate(vector->begin(), vector->end(), [&] { return normal(random); });
  const WeightMatrix weights{values, 6, 50};
  InputMoments collector(50);
  collector.add(input);
  const Moments moments = collector.moments();
  const WeightGrid grid{.bits = bits, .narrow = true, .granularity = granularity};
  const PrunedWeights least = searchPruningInterval(weights, grid, moments, {.tolerance = 0});
  const double leastError = outputError(weights, least.weights, moments);
  int64_t zerosBefore = least.zeroWeights;
  for (double tolerance : {0.1, 0.5, 2.0}) {
    const PrunedWeights pruned = searchPruningInterval(weights, grid, moments, {.tolerance = tolerance});
    CHECK(outputError(weights, pruned.weights, moments) <= leastError * (1 + tolerance) * (1 + 1e-9));
    CHECK(pruned.zeroWeights == std::count(pruned.weights.values.begin(), pruned.weights.values.end(), 0));
    CHECK(pruned.zeroWeights >= zerosBefore);
    zerosBefore = pruned.zeroWeights;
  }
  CHECK(zerosBefore > least.zeroWeights);
  // The error that was found least is about that of clipped rounding to nearest.
  QuantisedWeights nearest = roundNearest(weights, clippingScales(weights, grid));
  CHECK(leastError <= 1.25 * outputError(weights, nearest, moments));
}

TEST_CASE("searchPruningInterval: weights that are all 0") {
  const std::vector<float> zeros(12);
  const PrunedWeights pruned = searchPruningInterval({zeros, 3, 4}, {.bits = 4}, identityMoments(4));
  CHECK(pruned.zeroWeights == 12);
  CHECK(pruned.weights.dequantised() == zeros);
}
