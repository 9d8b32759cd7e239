#include "quantization/Reconstruct.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

using namespace burin::quantization;

namespace {

/// A layer, its inputs row by row in both nets, and moments of these.
struct Layer {
  int64_t channels, depth, rows;
  std::vector<float> weights, input, original;

  WeightMatrix matrix() const { return {weights, channels, depth}; }

  Moments moments(bool drift = true, int threads = 1) const {
    InputMoments collector = drift ? InputMoments(matrix(), threads) : InputMoments(depth, threads);
    collector.add(input, drift ? std::span<const float>(original) : std::span<const float>());
    return collector.moments();
  }

  /// w . x - w^ . x^ of one row and channel.
  double difference(const std::vector<float> &rounded, int64_t row, int64_t channel, bool drift = true) const {
    double sum = 0;
    for (int64_t d = 0; d < depth; ++d)
      sum += static_cast<double>(weights[channel * depth + d]) * (drift ? original : input)[row * depth + d] -
             static_cast<double>(rounded[channel * depth + d]) * input[row * depth + d];
    return sum;
  }

  /// The squared error by running the layer on all rows; about the mean, if `centred`.
  double measuredError(const QuantisedWeights &q, bool drift = true, bool centred = false) const {
    const std::vector<float> rounded = q.dequantised();
    double total = 0;
    for (int64_t c = 0; c < channels; ++c) {
      double squares = 0, sum = 0;
      for (int64_t r = 0; r < rows; ++r) {
        const double d = difference(rounded, r, c, drift);
        squares += d * d;
        sum += d;
      }
      total += squares - (centred ? sum * sum / static_cast<double>(rows) : 0);
    }
    return total;
  }
};

/// Inputs that are mixtures of few sources, after a ReLU: strongly correlated, with a mean; x^ is x with some noise.
Layer randomLayer(uint64_t seed, int64_t channels, int64_t depth, int64_t rows) {
  Layer layer{channels, depth, rows, {}, {}, {}};
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  for (int64_t i = 0; i < channels * depth; ++i)
    layer.weights.push_back(normal(random));
  const int64_t sources = depth / 3 + 1;
  std::vector<float> mix(depth * sources), source(sources);
  for (float &m : mix)
    m = normal(random);
  for (int64_t r = 0; r < rows; ++r) {
    for (float &s : source)
      s = normal(random);
    for (int64_t d = 0; d < depth; ++d) {
      const float mixed = std::inner_product(source.begin(), source.end(), &mix[d * sources], 0.3f * normal(random));
      layer.original.push_back(std::max(mixed, 0.0f));
      layer.input.push_back(std::max(1.1f * mixed + 0.2f * normal(random), 0.0f));
    }
  }
  return layer;
}

/// Calls `visit` with all ways to round one channel, each weight within the grid's integers.
template <typename Visit> void forAllRoundings(QuantisedWeights q, Visit &&visit) {
  std::fill(q.values.begin(), q.values.end(), static_cast<int8_t>(q.grid.least()));
  for (;;) {
    visit(q);
    size_t at = 0;
    while (at < q.values.size() && q.values[at] == q.grid.greatest())
      q.values[at++] = static_cast<int8_t>(q.grid.least());
    if (at == q.values.size())
      return;
    ++q.values[at];
  }
}

/// Whether changing one weight to any integer, or two by one step each, lowers the error of the output.
bool isLocalOptimum(const Layer &layer, const QuantisedWeights &q, const Moments &moments, bool pairs) {
  const double least = outputError(layer.matrix(), q, moments) * (1 - 1e-9);
  QuantisedWeights other = q;
  auto permitted = [&](int64_t i) { return other.values[i] >= q.grid.least() && other.values[i] <= q.grid.greatest(); };
  auto better = [&] { return outputError(layer.matrix(), other, moments) < least; };
  const auto count = static_cast<int64_t>(q.values.size());
  for (int64_t i = 0; i < count; ++i) {
    for (int value = q.grid.least(); value <= q.grid.greatest(); ++value) {
      other.values[i] = static_cast<int8_t>(value);
      if (better())
        return false;
    }
    for (int step : {-1, 1})
      for (int64_t j = 0; j < i && pairs; ++j)
        for (int otherStep : {-1, 1}) {
          other.values[i] = static_cast<int8_t>(q.values[i] + step);
          other.values[j] = static_cast<int8_t>(q.values[j] + otherStep);
          if (permitted(i) && permitted(j) && better())
            return false;
          other.values[j] = q.values[j];
        }
    other.values[i] = q.values[i];
  }
  return true;
}

constexpr WeightGrid fourBits{.bits = 4};

} // namespace

TEST_CASE("InputMoments: worked example") {
  // w = (2, 1) and (0, -1); two rows, x^ = (1, 2), (3, 4), x = (1, 3), (2, 4): w (x - x^) = 1, -2 and -1, 0.
  const std::vector<float> weights = {2, 1, 0, -1}, input = {1, 2, 3, 4}, original = {1, 3, 2, 4};
  InputMoments collector({weights, 2, 2});
  collector.add(input, original);
  const Moments m = collector.moments();
  CHECK((m.depth == 2 && m.channels == 2 && m.count == 2));
  CHECK(m.hessian == std::vector<double>{10, 14, 14, 20});
  CHECK(m.mean == std::vector<double>{2, 3});
  CHECK(m.drift == std::vector<double>{1 - 6, 2 - 8, -1, -2});
  CHECK(m.driftEnergy == std::vector<double>{5, 1});
  CHECK(m.driftMean == std::vector<double>{-0.5, -0.5});
  const Moments c = m.centred(); // about (2, 3): rows -1, -1 and 1, 1; drift 1.5, -1.5 and -0.5, 0.5
  CHECK(c.hessian == std::vector<double>{2, 2, 2, 2});
  CHECK(c.drift == std::vector<double>{-3, -3, 1, 1});
  CHECK(c.driftEnergy == std::vector<double>{4.5, 0.5});
}

TEST_CASE("InputMoments: against sums in double, for any division into calls and threads") {
  const uint64_t seed = GENERATE(1, 2);
  const int64_t channels = GENERATE(1, 5, 33), depth = GENERATE(1, 9, 70);
  CAPTURE(seed, channels, depth);
  const Layer layer = randomLayer(seed, channels, depth, 301);
  const Moments m = layer.moments();
  double worst = 0;
  auto compare = [&](double value, double expected, double size) {
    worst = std::max(worst, std::abs(value - expected) / (size + 1e-3));
  };
  auto drift = [&](int64_t r, int64_t c) {
    double sum = 0;
    for (int64_t d = 0; d < depth; ++d)
      sum += static_cast<double>(layer.weights[c * depth + d]) *
             (static_cast<double>(layer.original[r * depth + d]) - layer.input[r * depth + d]);
    return sum;
  };
  for (int64_t i = 0; i < depth; ++i) {
    for (int64_t j = 0; j < depth; ++j) {
      double sum = 0;
      for (int64_t r = 0; r < layer.rows; ++r)
        sum += static_cast<double>(layer.input[r * depth + i]) * layer.input[r * depth + j];
      compare(m.hessian[i * depth + j], sum, sum);
    }
    for (int64_t c = 0; c < channels; ++c) {
      double sum = 0, size = 0;
      for (int64_t r = 0; r < layer.rows; ++r) {
        sum += drift(r, c) * layer.input[r * depth + i];
        size += std::abs(drift(r, c) * layer.input[r * depth + i]);
      }
      compare(m.drift[c * depth + i], sum, size);
    }
  }
  CHECK(worst < 2e-6);

  InputMoments pieces(layer.matrix(), 2);
  for (int64_t r = 0, next = 0, size = 1; r < layer.rows; r = next, size = size * 3 % 101) {
    next = std::min(r + size, layer.rows);
    pieces.add(std::span(layer.input).subspan(r * depth, (next - r) * depth),
               std::span(layer.original).subspan(r * depth, (next - r) * depth));
    if (r % 5 == 0)
      pieces.moments(); // changes nothing
  }
  const Moments other = pieces.moments();
  CHECK(other.hessian == m.hessian);
  CHECK(other.drift == m.drift);
  CHECK(other.mean == m.mean);
  CHECK(other.driftEnergy == m.driftEnergy);
}

TEST_CASE("InputMoments: a row that isn't finite is left out") {
  const float nan = std::nanf(""), inf = INFINITY;
  InputMoments one(2);
  one.add(std::vector<float>{1, 2, nan, 1, 1, -inf, 1e16f, 0, 3, 4});
  CHECK(one.moments().hessian == std::vector<double>{10, 14, 14, 20});
  CHECK(one.count() == 2);
  const std::vector<float> weights = {2, 1};
  InputMoments two({weights, 1, 2});
  two.add(std::vector<float>{1, 2, 3, 4, nan, 0}, std::vector<float>{1, inf, 3, 4, 1, 1});
  CHECK(two.moments().hessian == std::vector<double>{9, 12, 12, 16});
  const Moments none = InputMoments(3).moments();
  CHECK((none.count == 0 && none.hessian == std::vector<double>(9) && none.centred().mean == std::vector<double>(3)));
}

TEST_CASE("outputError and biasCorrection are what running the layer gives") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const bool drift = GENERATE(false, true);
  CAPTURE(seed, drift);
  const Layer layer = randomLayer(seed, 3, 20, 200);
  const Moments moments = layer.moments(drift);
  const QuantisedWeights q = roundNearest(layer.matrix(), coveringScales(layer.matrix(), fourBits));
  CHECK(outputError(layer.matrix(), q, moments) == Approx(layer.measuredError(q, drift)).epsilon(1e-4));
  CHECK(outputError(layer.matrix(), q, moments.centred()) == Approx(layer.measuredError(q, drift, true)).epsilon(1e-4));
  const std::vector<double> correction = biasCorrection(layer.matrix(), q, moments);
  for (int64_t c = 0; c < layer.channels; ++c) {
    double sum = 0;
    for (int64_t r = 0; r < layer.rows; ++r)
      sum += layer.difference(q.dequantised(), r, c, drift);
    CHECK(correction[c] == Approx(sum / static_cast<double>(layer.rows)).epsilon(1e-4).margin(1e-5));
  }
  CHECK(outputError(layer.matrix(), q, identityMoments(20)) == Approx(weightError(layer.matrix(), q)));
}

TEST_CASE("hessianRounding: a worked example") {
  // H = (4 2; 2 2), scale 1, w = (0.4, 0.4), damped by almost nothing. The first input has more energy, so 0.4 -> 0,
  // e = 0.4; the best second weight is then 0.4 + 0.4 * 2 / 2 = 0.8 -> 1. In the order of the depth the same; rounded
  // last to first: 0.4 -> 0, then 0.4 + 0.4 * 2 / 4 = 0.6 -> 1.
  const std::vector<float> weights = {0.4f, 0.4f};
  Moments moments;
  moments.depth = 2;
  moments.hessian = {4, 2, 2, 2};
  const WeightScales scales{fourBits, 1, 2, {1}, {0}};
  const HessianOptions exact{.damping = 1e-9};
  CHECK(hessianRounding({weights, 1, 2}, scales, moments, exact).values == std::vector<int8_t>{0, 1});
  moments.hessian = {2, 2, 2, 4};
  CHECK(hessianRounding({weights, 1, 2}, scales, moments, exact).values == std::vector<int8_t>{1, 0});
  // By depth: 0.4 -> 0, then 0.4 + 0.4 * 2 / 4 = 0.6 -> 1.
  CHECK(hessianRounding({weights, 1, 2}, scales, moments, {1e-9, false}).values == std::vector<int8_t>{0, 1});
  // Drift of which w should make up 2 in the second input: H^-1 D = (0, 2).
  moments.channels = 1;
  moments.drift = {4, 8};
  CHECK(hessianRounding({weights, 1, 2}, scales, moments, {1e-9, false}).values == std::vector<int8_t>{0, 3});
}

TEST_CASE("hessianRounding beats roundNearest where inputs are correlated, and equals it where they aren't") {
  const uint64_t seed = GENERATE(1, 2, 3, 4);
  const bool byActivation = GENERATE(true, false), drift = GENERATE(true, false);
  const int bits = GENERATE(2, 4, 8);
  CAPTURE(seed, byActivation, drift, bits);
  const Layer layer = randomLayer(seed, 4, 48, 1000);
  const WeightScales scales = coveringScales(layer.matrix(), {.bits = bits});
  const QuantisedWeights nearest = roundNearest(layer.matrix(), scales);
  const QuantisedWeights rounded =
      hessianRounding(layer.matrix(), scales, layer.moments(drift), {.byActivation = byActivation});
  CHECK(layer.measuredError(rounded, drift) < 0.8 * layer.measuredError(nearest, drift));
  CHECK(hessianRounding(layer.matrix(), scales, identityMoments(48)).values == nearest.values);
}

TEST_CASE("moments that aren't positive definite: dead inputs, fewer rows than the depth, none at all") {
  Layer layer = randomLayer(5, 3, 24, 6);
  for (int64_t r = 0; r < layer.rows; ++r)
    layer.input[r * 24 + 7] = layer.original[r * 24 + 7] = 0;
  const QuantisedWeights nearest = roundNearest(layer.matrix(), coveringScales(layer.matrix(), fourBits));
  for (const Moments &moments : {layer.moments(), layer.moments().centred(), layer.moments(false)}) {
    const QuantisedWeights rounded = hessianRounding(layer.matrix(), nearest, moments, {.damping = 0});
    const QuantisedWeights learned = learnRounding(layer.matrix(), nearest, moments);
    CHECK(outputError(layer.matrix(), rounded, moments) <= outputError(layer.matrix(), nearest, moments));
    CHECK(outputError(layer.matrix(), learned, moments) <= outputError(layer.matrix(), nearest, moments));
    for (int64_t c = 0; c < 3; ++c)
      CHECK(learned.values[c * 24 + 7] == nearest.values[c * 24 + 7]);
  }
  const Moments none = InputMoments(24).moments();
  CHECK(hessianRounding(layer.matrix(), nearest, none).values == nearest.values);
  CHECK(learnRounding(layer.matrix(), nearest, none).values == nearest.values);
  CHECK(reconstruct(layer.matrix(), fourBits, none).scales == nearest.scales);
}

TEST_CASE("learnRounding against all roundings of a small channel") {
  const uint64_t seed = GENERATE(1, 2, 3, 4, 5, 6);
  const bool centred = GENERATE(false, true), asymmetric = GENERATE(false, true);
  CAPTURE(seed, centred, asymmetric);
  const Layer layer = randomLayer(seed, 1, 6, 60);
  const Moments moments = centred ? layer.moments().centred() : layer.moments();
  const WeightGrid grid{.bits = 2, .symmetric = !asymmetric};
  const QuantisedWeights nearest = roundNearest(layer.matrix(), coveringScales(layer.matrix(), grid));
  double least = INFINITY;
  forAllRoundings(nearest,
                  [&](const QuantisedWeights &q) { least = std::min(least, layer.measuredError(q, true, centred)); });
  const QuantisedWeights learned = learnRounding(layer.matrix(), nearest, moments);
  const double error = layer.measuredError(learned, true, centred);
  CHECK(error >= least * (1 - 1e-9));
  CHECK(error <= layer.measuredError(nearest, true, centred));
  CHECK(isLocalOptimum(layer, learned, moments, true));
  const QuantisedWeights singles = learnRounding(layer.matrix(), nearest, moments, {.pairs = false});
  CHECK(isLocalOptimum(layer, singles, moments, false));
  // The best rounding stays where it is.
  forAllRoundings(nearest, [&](const QuantisedWeights &q) {
    if (layer.measuredError(q, true, centred) <= least)
      CHECK(layer.measuredError(learnRounding(layer.matrix(), q, moments), true, centred) == Approx(least));
  });
}

TEST_CASE("learnRounding: never worse, a local optimum, the same for any number of threads") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel, Granularity::Block);
  const int bits = GENERATE(3, 8);
  CAPTURE(seed, static_cast<int>(granularity), bits);
  const Layer layer = randomLayer(seed, 5, 18, 400);
  const Moments moments = layer.moments();
  const WeightGrid grid{.bits = bits, .granularity = granularity, .block = 8};
  const QuantisedWeights nearest = roundNearest(layer.matrix(), coveringScales(layer.matrix(), grid));
  const LearnOptions longEnough{.maxSweeps = 10000};
  QuantisedWeights random = nearest;
  std::mt19937_64 generator(seed);
  for (int8_t &value : random.values)
    value = static_cast<int8_t>(grid.least() + static_cast<int>(generator() % (1u << bits)));
  for (const QuantisedWeights &start : {nearest, hessianRounding(layer.matrix(), nearest, moments), random}) {
    const QuantisedWeights learned = learnRounding(layer.matrix(), start, moments, longEnough);
    CHECK(layer.measuredError(learned) <= layer.measuredError(start) * (1 + 1e-9));
    CHECK(isLocalOptimum(layer, learned, moments, true));
    CHECK(learnRounding(layer.matrix(), start, moments, {.maxSweeps = 10000, .threads = 3}).values == learned.values);
  }
}

TEST_CASE("clippingScales: never worse than covering, by the weights' and by the output's error") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel, Granularity::Block);
  const int bits = GENERATE(2, 4, 8);
  const bool symmetric = GENERATE(true, false), powerOfTwo = GENERATE(true, false);
  CAPTURE(seed, static_cast<int>(granularity), bits, symmetric, powerOfTwo);
  Layer layer = randomLayer(seed, 4, 40, 200);
  layer.weights[3] *= 6;
  const Moments moments = layer.moments();
  const WeightGrid grid{bits, symmetric, false, powerOfTwo, granularity, 16};
  const WeightMatrix weights = layer.matrix();
  const QuantisedWeights plain = roundNearest(weights, coveringScales(weights, grid));
  const QuantisedWeights byWeights = roundNearest(weights, clippingScales(weights, grid));
  CHECK(weightError(weights, byWeights) <= weightError(weights, plain) * (1 + 1e-6));
  const QuantisedWeights byOutput = roundNearest(weights, clippingScales(weights, grid, moments));
  CHECK(layer.measuredError(byOutput) <= layer.measuredError(plain) * (1 + 1e-6));
  CHECK(clippingScales(weights, grid, moments, 2).scales == byOutput.scales);
  // Where the output's error is that of the weights, so are the scales.
  CHECK(clippingScales(weights, grid, identityMoments(40)).scales == byWeights.scales);
}

TEST_CASE("clippingScales: nearly as good as any of many scales") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const int bits = GENERATE(2, 4);
  CAPTURE(seed, bits);
  const Layer layer = randomLayer(seed, 1, 100, 10);
  const WeightMatrix weights = layer.matrix();
  WeightScales scales = coveringScales(weights, {.bits = bits});
  const double chosen = weightError(weights, roundNearest(weights, clippingScales(weights, scales.grid)));
  const float most = scales.scales[0];
  double least = INFINITY;
  for (int i = 1; i <= 1000; ++i) {
    scales.scales[0] = most * static_cast<float>(i) / 1000;
    least = std::min(least, weightError(weights, roundNearest(weights, scales)));
  }
  CHECK(chosen <= 1.1 * least);
}

TEST_CASE("refitScales: a worked example") {
  // Integers (1, 2), w = (3, 4), H = identity: scale (1 * 3 + 2 * 4) / (1 + 4) = 2.2.
  const std::vector<float> weights = {3, 4};
  QuantisedWeights q{{fourBits, 1, 2, {1}, {0}}, {1, 2}};
  refitScales({weights, 1, 2}, identityMoments(2), q);
  CHECK(q.scales == std::vector<float>{2.2f});
  // The other sign would be best: the scale stays.
  q.values = {-1, -2};
  refitScales({weights, 1, 2}, identityMoments(2), q);
  CHECK(q.scales == std::vector<float>{2.2f});
}

TEST_CASE("refitScales: no other scale is better") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel, Granularity::Block);
  const bool symmetric = GENERATE(true, false);
  CAPTURE(seed, static_cast<int>(granularity), symmetric);
  const Layer layer = randomLayer(seed, 4, 20, 200);
  const Moments moments = layer.moments();
  const WeightGrid grid{.bits = 3, .symmetric = symmetric, .granularity = granularity, .block = 6};
  QuantisedWeights q = roundNearest(layer.matrix(), coveringScales(layer.matrix(), grid));
  const double before = layer.measuredError(q);
  refitScales(layer.matrix(), moments, q);
  const double after = layer.measuredError(q);
  CHECK(after < before);
  if (granularity != Granularity::Block) // blocks are fitted one after the other
    for (size_t scale = 0; scale < q.scales.size(); ++scale)
      for (float factor : {0.99f, 1.01f}) {
        QuantisedWeights other = q;
        other.scales[scale] *= factor;
        CHECK(layer.measuredError(other) > after);
      }
}

TEST_CASE("reconstruct: better than each of its parts") {
  const uint64_t seed = GENERATE(1, 2, 3);
  const Granularity granularity = GENERATE(Granularity::Tensor, Granularity::Channel, Granularity::Block);
  CAPTURE(seed, static_cast<int>(granularity));
  const Layer layer = randomLayer(seed, 6, 36, 500);
  const Moments moments = layer.moments();
  const WeightMatrix weights = layer.matrix();
  const WeightGrid grid{.bits = 4, .granularity = granularity, .block = 9};
  const WeightScales scales = clippingScales(weights, grid, moments);
  const double best = layer.measuredError(reconstruct(weights, grid, moments, {.damping = 0}));
  for (const QuantisedWeights &other : {roundNearest(weights, scales), hessianRounding(weights, scales, moments),
                                        hessianRounding(weights, scales, moments, {.byActivation = false}),
                                        learnRounding(weights, roundNearest(weights, scales), moments)})
    CHECK(best <= layer.measuredError(other) * (1 + 1e-9));
  CHECK(best < 0.7 * layer.measuredError(roundNearest(weights, scales)));
}
