#include "quantization/Equalise.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace burin::quantization;

TEST_CASE("channelRanges and scaleChannels, along any axis") {
  std::vector<float> values = {1, -2, 3, 4, -5, 6, 7, -8, 9, 10, 11, -12}; // [2][3][2]
  const ChannelView middle{values, 2, 3, 2}, first{values, 1, 2, 6}, last{values, 6, 2, 1};
  CHECK(channelRanges(middle) == std::vector<float>{8, 10, 12});
  CHECK(channelRanges(first) == std::vector<float>{6, 12});
  CHECK(channelRanges(last) == std::vector<float>{11, 12});
  scaleChannels(middle, std::vector<float>{1, 10, 2});
  CHECK(values == std::vector<float>{1, -2, 30, 40, -10, 12, 7, -8, 90, 100, 22, -24});
}

TEST_CASE("equalise: a worked example") {
  // Channels (2, -1), (4, 8) with biases 1, 2; read with weights 8 and 2, -0.5: ranges 2 and 8, against 8 and 0.5.
  std::vector<float> producer = {2, -1, 4, 8}, bias = {1, 2}, consumer = {8, 0.5f, 2, -0.5f}; // consumer: [2][2]
  const Edge edge{{producer, 1, 2, 2}, {bias, 1, 2, 1}, {consumer, 2, 2, 1}};
  CHECK(equalisingFactors(channelRanges(edge.producer), channelRanges(edge.consumer)) == std::vector<float>{2, 0.25f});
  const auto factors = equalise(std::span(&edge, 1));
  CHECK(factors == std::vector<std::vector<float>>{{2, 0.25f}});
  CHECK(producer == std::vector<float>{4, -2, 1, 2});
  CHECK(bias == std::vector<float>{2, 0.5f});
  CHECK(consumer == std::vector<float>{4, 2, 1, -2});
}

TEST_CASE("equalise: dead channels stay, extremes stay finite") {
  std::vector<float> producer = {0, 1, 1e-38f}, consumer = {1, 0, 1e38f};
  const Edge edge{{producer, 1, 3, 1}, {{}, 1, 3, 1}, {consumer, 1, 3, 1}};
  equalise(std::span(&edge, 1));
  CHECK(producer[0] == 0);
  CHECK(producer[1] == 1);
  CHECK(consumer[0] == 1);
  CHECK(consumer[1] == 0);
  CHECK((std::isfinite(producer[2]) && std::isfinite(consumer[2]) && producer[2] > 0));
}

namespace {

/// A pointwise layer, a depthwise one and a pointwise one, all with bias and leaky ReLU, on single pixels with `taps`
/// taps for the depthwise one.
struct Chain {
  int in, middle, out, taps;
  std::vector<float> first, firstBias, depthwise, depthwiseBias, last, lastBias;

  Chain(std::mt19937_64 &random, int in, int middle, int out, int taps) : in(in), middle(middle), out(out), taps(taps) {
    std::normal_distribution<float> normal;
    auto fill = [&](std::vector<float> &values, int count, int channelSize) {
      for (int i = 0; i < count; ++i)
        values.push_back(normal(random) * std::exp2(static_cast<float>(i / channelSize % 7 - 3)));
    };
    fill(first, middle * in, in);
    fill(firstBias, middle, 1);
    fill(depthwise, middle * taps, taps);
    fill(depthwiseBias, middle, 1);
    fill(last, out * middle, 1);
    fill(lastBias, out, 1);
  }

  std::vector<double> run(const std::vector<float> &input) const {
    auto activation = [](double x) { return x < 0 ? 0.1 * x : x; };
    std::vector<double> result(lastBias.begin(), lastBias.end());
    for (int m = 0; m < middle; ++m) {
      double filtered = depthwiseBias[m];
      for (int t = 0; t < taps; ++t) {
        double sum = firstBias[m];
        for (int i = 0; i < in; ++i)
          sum += static_cast<double>(first[m * in + i]) * input[t * in + i];
        filtered += depthwise[m * taps + t] * activation(sum);
      }
      for (int o = 0; o < out; ++o)
        result[o] += last[o * middle + m] * activation(filtered);
    }
    return result;
  }
};

} // namespace

TEST_CASE("equalise: a depthwise layer in the middle; the same function, equal ranges") {
  const uint64_t seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Chain chain(random, 5, 8, 4, 3);
  const Chain before = chain;
  const Edge edges[] = {
      {{chain.first, 1, 8, 5}, {chain.firstBias, 1, 8, 1}, {chain.depthwise, 1, 8, 3}},
      {{chain.depthwise, 1, 8, 3}, {chain.depthwiseBias, 1, 8, 1}, {chain.last, 4, 8, 1}},
  };
  const auto factors = equalise(edges);
  std::normal_distribution<float> normal;
  for (int sample = 0; sample < 20; ++sample) {
    std::vector<float> input(3 * 5);
    std::generate(input.begin(), input.end(), [&] { return normal(random); });
    const std::vector<double> y = chain.run(input), expected = before.run(input);
    for (int o = 0; o < 4; ++o)
      CHECK(y[o] == Approx(expected[o]).epsilon(1e-4).margin(1e-4));
  }
  const std::vector<float> a = channelRanges(edges[0].producer), b = channelRanges(edges[0].consumer),
                           c = channelRanges(edges[1].consumer);
  for (int m = 0; m < 8; ++m) {
    CHECK(a[m] == Approx(b[m]).epsilon(0.01));
    CHECK(b[m] == Approx(c[m]).epsilon(0.01));
    CHECK(chain.first[m * 5] == Approx(before.first[m * 5] * factors[0][m]).epsilon(1e-4));
    CHECK(chain.last[m] == Approx(before.last[m] / factors[1][m]).epsilon(1e-4));
  }
}
