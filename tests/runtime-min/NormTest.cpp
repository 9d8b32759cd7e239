// Softmax, normalisation and interpolation against their formulas in wider arithmetic.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>

using namespace burin::test;

namespace {

using Wide = long double;

/// Every step-th element, n of them.
template <typename T> std::vector<Wide> strided(const std::vector<T> &x, uint32_t n, uint32_t step) {
  std::vector<Wide> out;
  for (uint32_t i = 0; i < n; ++i)
    out.push_back(x[i * step]);
  return out;
}

/// Runs a kernel of (x, y, n, step), apart and in place, and checks both; elements between the steps must not change.
template <typename T>
void checkRun(const std::string &op, const std::vector<T> &x, uint32_t n, uint32_t step,
              const std::vector<Wide> &expected, double relative, double absolute) {
  const double epsilon = std::numeric_limits<T>::epsilon();
  std::vector<T> y(x.size(), T(-7)), inPlace = x;
  call(kernelName<T>(op), x.data(), y.data(), n, step);
  call(kernelName<T>(op), inPlace.data(), inPlace.data(), n, step);
  CHECK(difference(strided(y, n, step), expected, relative * epsilon, absolute * epsilon) == "");
  CHECK(difference(strided(inPlace, n, step), expected, relative * epsilon, absolute * epsilon) == "");
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i % step != 0 || i / step >= n) {
      CHECK(y[i] == T(-7));
      CHECK(inPlace[i] == x[i]);
    }
}

} // namespace

TEMPLATE_TEST_CASE("softmax, its logarithm and hardmax", "[softmax]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(round);
    const uint32_t n = random.size(1, 50), step = random.size(1, 3);
    const double range = round % 3 == 0 ? 3000 : 6; // far beyond what exp holds
    const auto x = random.values<T>(n * step, -range, range);
    INFO(random.seed() << " round " << round << " n " << n << " step " << step);
    const auto v = strided(x, n, step);
    const Wide top = *std::max_element(v.begin(), v.end());
    Wide sum = 0;
    for (Wide u : v)
      sum += std::exp(u - top);
    std::vector<Wide> soft, logs, hard;
    for (Wide u : v) {
      soft.push_back(std::exp(u - top) / sum);
      logs.push_back(u - top - std::log(sum));
      hard.push_back(u == top ? 1 : 0);
    }
    // exp(u - top) carries the rounding error of u - top, which grows with its size.
    checkRun("softmax", x, n, step, soft, 8 * range + 32, range);
    checkRun("log_softmax", x, n, step, logs, 32, 4 * range);
    checkRun("hardmax", x, n, step, hard, 0, 0);
  }
}

TEMPLATE_TEST_CASE("softmax of extremes", "[softmax]", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity();
  const std::vector<T> x = {-inf, 0, std::numeric_limits<T>::lowest(), 0};
  std::vector<T> y(4);
  call(kernelName<T>("softmax"), x.data(), y.data(), 4u, 1u);
  CHECK(y == std::vector<T>{0, 0.5, 0, 0.5});
  const std::vector<T> equals = {3, 5, 5, 1};
  call(kernelName<T>("hardmax"), equals.data(), y.data(), 4u, 1u);
  CHECK(y == std::vector<T>{0, 1, 0, 0});
  const std::vector<T> nan = {1, std::numeric_limits<T>::quiet_NaN()};
  call(kernelName<T>("softmax"), nan.data(), y.data(), 2u, 1u);
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
}

namespace {

template <typename T> struct NormCase {
  Random random;
  uint32_t n, scaleStep, biasStep;
  T epsilon;
  std::vector<T> x, scale, bias;

  explicit NormCase(uint32_t salt)
      : random(salt), n(random.size(1, 70)), scaleStep(random.size(0, 2)), biasStep(random.size(0, 2)),
        epsilon(static_cast<T>(random.real(1e-6, 1e-2))), x(random.values<T>(n, -3, 10)),
        scale(random.values<T>(2 * n, -2, 2)), bias(random.values<T>(2 * n, -2, 2)) {}
  Wide mean() const {
    Wide sum = 0;
    for (T v : x)
      sum += v;
    return sum / n;
  }
  /// Mean of (x - center)^2.
  Wide meanSquare(Wide center) const {
    Wide sum = 0;
    for (T v : x)
      sum += (v - center) * (v - center);
    return sum / n;
  }
};

} // namespace

TEMPLATE_TEST_CASE("layer normalisation", "[norm]", float, double) {
  using T = TestType;
  const double tolerance = 64 * std::numeric_limits<T>::epsilon();
  for (uint32_t round = 0; round < 60; ++round) {
    NormCase<T> c(round);
    INFO(c.random.seed() << " round " << round << " n " << c.n);
    const bool hasScale = round % 3 != 0, hasBias = round % 2 != 0;
    const Wide mean = c.mean(), factor = 1 / std::sqrt(c.meanSquare(mean) + static_cast<Wide>(c.epsilon));
    if (c.n == 1 || c.meanSquare(mean) < Wide(0.1))
      continue; // the error of x - mean is blown up
    std::vector<Wide> expected;
    for (uint32_t i = 0; i < c.n; ++i)
      expected.push_back((c.x[i] - mean) * factor * (hasScale ? Wide(c.scale[i * c.scaleStep]) : 1) +
                         (hasBias ? Wide(c.bias[i * c.biasStep]) : 0));
    const T *scale = hasScale ? c.scale.data() : nullptr, *bias = hasBias ? c.bias.data() : nullptr;
    std::vector<T> y(c.n);
    call(kernelName<T>("layer_norm"), c.x.data(), scale, c.scaleStep, bias, c.biasStep, y.data(), c.n, c.epsilon);
    CHECK(difference(y, expected, tolerance, tolerance) == "");
    call(kernelName<T>("layer_norm"), c.x.data(), scale, c.scaleStep, bias, c.biasStep, c.x.data(), c.n, c.epsilon);
    CHECK(c.x == y); // in place
  }
}

TEST_CASE("layer normalisation of a constant is its bias", "[norm]") {
  const std::vector<float> x(9, 3.25f), scale = {2}, bias = {0.5};
  std::vector<float> y(9);
  call("brn_layer_norm_f32", x.data(), scale.data(), 0u, bias.data(), 0u, y.data(), 9u, 1e-5f);
  CHECK(y == std::vector<float>(9, 0.5f));
}

TEMPLATE_TEST_CASE("root mean square normalisation", "[norm]", float, double) {
  using T = TestType;
  const double tolerance = 16 * std::numeric_limits<T>::epsilon();
  for (uint32_t round = 0; round < 60; ++round) {
    NormCase<T> c(100 + round);
    INFO(c.random.seed() << " round " << round << " n " << c.n);
    const bool hasScale = round % 3 != 0;
    const Wide factor = 1 / std::sqrt(c.meanSquare(0) + static_cast<Wide>(c.epsilon));
    std::vector<Wide> expected;
    for (uint32_t i = 0; i < c.n; ++i)
      expected.push_back(c.x[i] * factor * (hasScale ? Wide(c.scale[i * c.scaleStep]) : 1));
    const T *scale = hasScale ? c.scale.data() : nullptr;
    std::vector<T> y(c.n);
    call(kernelName<T>("rms_norm"), c.x.data(), scale, c.scaleStep, y.data(), c.n, c.epsilon);
    CHECK(difference(y, expected, tolerance, 0) == "");
    call(kernelName<T>("rms_norm"), c.x.data(), scale, c.scaleStep, c.x.data(), c.n, c.epsilon);
    CHECK(c.x == y);
  }
}

TEMPLATE_TEST_CASE("local response normalisation", "[norm]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(200 + round);
    const int64_t n = random.integer(1, 20), size = random.integer(1, 25);
    const T alpha = static_cast<T>(random.real(0.01, 1)), beta = static_cast<T>(random.real(0.3, 1)), bias = 1;
    const auto x = random.values<T>(n, -5, 5);
    INFO(random.seed() << " n " << n << " size " << size);
    std::vector<Wide> expected;
    for (int64_t c = 0; c < n; ++c) {
      Wide sum = 0;
      // ONNX: from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2)
      for (int64_t j = c - (size - 1) / 2; j <= c + size / 2; ++j)
        if (j >= 0 && j < n)
          sum += Wide(x[j]) * x[j];
      expected.push_back(x[c] / std::pow(bias + alpha / static_cast<Wide>(size) * sum, Wide(beta)));
    }
    std::vector<T> y(n);
    call(kernelName<T>("lrn"), x.data(), y.data(), n, size, alpha, beta, bias);
    CHECK(difference(y, expected, 16 * std::numeric_limits<T>::epsilon(), 0) == "");
  }
}

TEMPLATE_TEST_CASE("interpolation of rows", "[interpolate]", float, double) {
  const TestType above[] = {1, -2, 4}, below[] = {10, 20, 40}, weight[] = {0.25, 0.5, 0.25};
  const TestType *rows[] = {above, below};
  const uint32_t index[] = {0, 1, 0};
  TestType y[3];
  call(kernelName<TestType>("interpolate_row"), static_cast<const TestType *const *>(rows), index, weight, 3, y, 3);
  CHECK(difference(std::vector<TestType>(y, y + 3), std::vector<Wide>{5.5, 9, 22}) == "");
}

TEMPLATE_TEST_CASE("interpolation", "[interpolate]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(300 + round);
    const uint32_t extent = random.size(1, 9), n = random.size(1, 12), taps = random.size(1, 4);
    const uint32_t xStep = random.size(1, 3), yStep = random.size(1, 3);
    const auto x = random.values<T>(extent * xStep, -5, 5), weight = random.values<T>(n * taps, -1, 1);
    std::vector<uint32_t> index;
    for (uint32_t i = 0; i < n * taps; ++i)
      index.push_back(random.size(0, extent - 1));
    INFO(random.seed() << " extent " << extent << " n " << n << " taps " << taps);
    std::vector<T> y(n * yStep, T(-9));
    std::vector<Wide> expected(n * yStep, Wide(-9));
    for (uint32_t i = 0; i < n; ++i) {
      expected[i * yStep] = 0;
      for (uint32_t t = 0; t < taps; ++t)
        expected[i * yStep] += Wide(weight[i * taps + t]) * x[index[i * taps + t] * xStep];
    }
    call(kernelName<T>("interpolate"), x.data(), xStep, index.data(), weight.data(), taps, y.data(), yStep, n);
    CHECK(difference(y, expected, 0, 32 * std::numeric_limits<T>::epsilon()) == "");
  }
}
