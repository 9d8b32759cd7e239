// Fourier transforms, ranking and linear attention against their formulas.
#include "tests/reference/Fourier.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>
#include <numeric>

using namespace burin::test;

namespace {

using Wide = long double;
using Complex = std::complex<Wide>;

template <typename T> std::vector<T> turns(uint32_t n) {
  std::vector<T> out;
  for (uint32_t k = 0; k < n; ++k) {
    out.push_back(static_cast<T>(std::cos(2 * std::numbers::pi_v<Wide> * k / n)));
    out.push_back(static_cast<T>(std::sin(2 * std::numbers::pi_v<Wide> * k / n)));
  }
  return out;
}

/// z[i] as the kernel's docstring defines it.
template <typename T>
std::vector<Complex> lineOf(const std::vector<T> &x, uint32_t count, uint32_t parts, bool mirror,
                            const std::vector<T> &window, uint32_t n) {
  std::vector<Complex> z(n);
  for (uint32_t i = 0; i < n; ++i) {
    const bool conjugate = mirror && i > n / 2;
    const uint32_t at = conjugate ? n - i : i;
    if (at < count)
      z[i] = Complex(x[at * parts], parts == 2 ? x[at * parts + 1] : 0) * Wide(window[i % window.size()]);
    z[i] = conjugate ? std::conj(z[i]) : z[i];
  }
  return z;
}

} // namespace

TEMPLATE_TEST_CASE("Fourier transforms of all lengths", "[fourier]", float, double) {
  using T = TestType;
  for (uint32_t n = 1; n <= 100; ++n) {
    Random random(500 + n);
    const uint32_t parts = random.size(1, 2), count = random.size(0, n + 3), yParts = random.size(1, 2);
    const uint32_t yCount = random.chance(0.5) ? n : n / 2 + 1;
    const bool mirror = random.chance(0.3);
    const int sign = random.chance(0.5) ? 1 : -1;
    const auto x = random.values<T>(count * parts + 1, -1, 1);
    const auto window = random.values<T>(random.chance(0.5) ? n : 1, -1, 1);
    uint32_t levels = 0, odd = n;
    for (; odd % 2 == 0; odd /= 2)
      ++levels;
    std::vector<T> work(2 * n), y(yCount * yParts);
    const auto table = turns<T>(n);
    INFO(random.seed() << " n " << n << " count " << count << " parts " << parts << " mirror " << mirror);
    call(kernelName<T>("fourier"), x.data(), count, parts, uint32_t(mirror), window.data(),
         uint32_t(window.size() == 1 && n > 1 ? 0 : 1), table.data(), work.data(), levels, odd, T(sign), T(0.5),
         y.data(), yCount, yParts);
    const auto expected = burin::reference::fourier(lineOf(x, count, parts, mirror, window, n), sign);
    std::vector<Wide> flat;
    for (uint32_t k = 0; k < yCount; ++k) {
      flat.push_back(expected[k].real() / 2);
      if (yParts == 2)
        flat.push_back(expected[k].imag() / 2);
    }
    CHECK(difference(y, flat, 0, 8 * n * std::numeric_limits<T>::epsilon()) == "");
  }
}

TEMPLATE_TEST_CASE("Fourier transforms of real values, packed in pairs", "[fourier]", float, double) {
  using T = TestType;
  for (uint32_t n = 2; n <= 100; n += 2) {
    Random random(600 + n);
    const uint32_t count = random.size(0, n + 3), yCount = random.chance(0.5) ? n : n / 2 + 1;
    const auto x = random.values<T>(count + 1, -1, 1), window = random.values<T>(random.chance(0.5) ? n : 1, -1, 1);
    uint32_t levels = 0, odd = n / 2;
    for (; odd % 2 == 0; odd /= 2)
      ++levels;
    std::vector<T> work(n), y(yCount * 2);
    const auto table = turns<T>(n);
    INFO(random.seed() << " n " << n << " count " << count);
    call(kernelName<T>("fourier_real"), x.data(), count, window.data(), uint32_t(window.size() == 1 ? 0 : 1),
         table.data(), work.data(), levels, odd, y.data(), yCount);
    const auto expected = burin::reference::fourier(lineOf(x, count, 1, false, window, n), -1);
    std::vector<Wide> flat;
    for (uint32_t k = 0; k < yCount; ++k) {
      flat.push_back(expected[k].real());
      flat.push_back(expected[k].imag());
    }
    CHECK(difference(y, flat, 0, 8 * n * std::numeric_limits<T>::epsilon()) == "");
  }
}

TEMPLATE_TEST_CASE("top_k is the beginning of a stable sort", "[sort]", float, double, int8_t, uint8_t, int16_t,
                   uint16_t, int32_t, uint32_t, int64_t, uint64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 200; ++round) {
    Random random(700 + round);
    const uint32_t n = random.size(1, 40), k = random.size(1, n), step = random.size(1, 3), topStep = random.size(1, 3);
    const bool smallest = random.chance(0.5);
    auto x = random.values<T>(n * step, 0, 6); // many equals
    if constexpr (std::is_integral_v<T>) {
      if (round % 2 == 0)
        x = random.integers<T>(n * step);
    } else if (round % 2 == 0) {
      x[random.size(0, n - 1) * step] = std::numeric_limits<T>::quiet_NaN();
    }
    std::vector<uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      const T u = x[a * step], v = x[b * step];
      const bool uNan = u != u, vNan = v != v;
      const bool less = uNan || vNan ? vNan && !uNan : u < v, more = uNan || vNan ? uNan && !vNan : u > v;
      return smallest ? less : more;
    });
    std::vector<int64_t> top(k * topStep, -1), expected = top;
    for (uint32_t r = 0; r < k; ++r)
      expected[r * topStep] = order[r];
    INFO(random.seed() << " round " << round << " n " << n << " k " << k << " smallest " << smallest);
    call(kernelName<T>("top_k"), x.data(), n, step, top.data(), k, topStep, uint32_t(smallest));
    CHECK(top == expected);
  }
}

TEMPLATE_TEST_CASE("linear attention is its recurrence", "[attention]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(900 + round);
    const uint32_t steps = random.size(1, 6), group = random.size(1, 3), dk = random.size(1, 5), dv = random.size(1, 5);
    const uint32_t gap = random.size(0, 2), delta = random.size(0, 1), perDim = random.size(0, 1);
    const uint32_t qStep = group * dk + gap, kStep = dk + gap, vStep = dv + gap, yStep = group * dv + gap;
    const uint32_t decayStep = perDim ? dk : 1, betaStep = random.size(0, 1);
    const auto q = random.values<T>(steps * qStep, -1, 1), k = random.values<T>(steps * kStep, -1, 1);
    const auto v = random.values<T>(steps * vStep, -1, 1), decay = random.values<T>(steps * decayStep, 0, 1);
    const auto beta = random.values<T>(steps, 0, 1);
    auto state = random.values<T>(dk * dv, -1, 1);
    std::vector<Wide> wide(state.begin(), state.end()), expected(steps * yStep, -9);
    for (uint32_t t = 0; t < steps; ++t) {
      const Wide rate = beta[t * betaStep];
      for (uint32_t i = 0; i < dk; ++i)
        for (uint32_t j = 0; j < dv; ++j)
          wide[i * dv + j] *= decay[t * decayStep + i * perDim];
      const std::vector<Wide> before = wide;
      for (uint32_t i = 0; i < dk; ++i)
        for (uint32_t j = 0; j < dv; ++j) {
          Wide recalled = 0;
          for (uint32_t l = 0; l < dk; ++l)
            recalled += before[l * dv + j] * k[t * kStep + l];
          wide[i * dv + j] += k[t * kStep + i] * rate * (v[t * vStep + j] - delta * recalled);
        }
      for (uint32_t h = 0; h < group; ++h)
        for (uint32_t j = 0; j < dv; ++j) {
          expected[t * yStep + h * dv + j] = 0;
          for (uint32_t i = 0; i < dk; ++i)
            expected[t * yStep + h * dv + j] += 0.5L * q[t * qStep + h * dk + i] * wide[i * dv + j];
        }
    }
    std::vector<T> y(steps * yStep, T(-9));
    INFO(random.seed() << " round " << round);
    call(kernelName<T>("linear_attention"), q.data(), qStep, k.data(), kStep, v.data(), vStep, decay.data(), decayStep,
         perDim, beta.data(), betaStep, T(delta), T(0.5), steps, group, dk, dv, state.data(), y.data(), yStep);
    // Each step may amplify the error of the state by the size of the keys.
    CHECK(difference(y, expected, 0, 20000 * std::numeric_limits<T>::epsilon()) == "");
    CHECK(difference(state, wide, 0, 20000 * std::numeric_limits<T>::epsilon()) == "");
  }
}
