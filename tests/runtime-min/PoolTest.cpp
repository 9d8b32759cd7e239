// Pools against the naive twin, with ceil_mode and both ways of counting padding.
#include "tests/reference/Pooling.h"
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Rows.h"

#include <algorithm>
#include <numeric>

using namespace burin::test;
using namespace burin::reference;

namespace {

constexpr int rounds = 150;

template <typename X> struct Layer {
  Random random;
  Image<X> x;
  Window window;
  int64_t outH, outW;

  explicit Layer(uint32_t salt)
      : random(salt), x(random.integer(1, 8), random.integer(1, 12), random.integer(1, 9)),
        window(randomWindow(random, x.height, x.width)) {
    if constexpr (std::is_floating_point_v<X>) {
      x.data = random.values<X>(x.data.size(), -1000, 1000);
      for (X &v : x.data)
        v = std::nearbyint(v); // sums are exact
    } else {
      x.data = random.integers<X>(x.data.size());
    }
    outH = window.outHeight(x.height);
    outW = window.outWidth(x.width);
    if (random.chance(0.4)) { // ceil_mode: one more window, unless it would start in the padding at the end
      outH += outH * window.strideH < x.height + window.padTop ? 1 : 0;
      outW += outW * window.strideW < x.width + window.padLeft ? 1 : 0;
    }
  }
  std::string describe() const {
    std::ostringstream out;
    out << random.seed() << " in " << x.height << "x" << x.width << "x" << x.channels << " out " << outH << "x" << outW
        << " kernel " << window.kernelH << "x" << window.kernelW << " stride " << window.strideH << "x"
        << window.strideW << " dilation " << window.dilationH << "x" << window.dilationW << " pads " << window.padTop
        << " " << window.padLeft << " " << window.padBottom << " " << window.padRight;
    return out.str();
  }
  /// Rows of a window that lie inside the padded image: what a caller counts with count_include_pad.
  int64_t rowsPadded(int64_t row) const {
    int64_t count = 0;
    for (int64_t k = 0; k < window.kernelH; ++k)
      count += row * window.strideH - window.padTop + k * window.dilationH < x.height + window.padBottom ? 1 : 0;
    return count;
  }
  template <typename Wide> Image<Wide> wide() const {
    Image<Wide> image(x.height, x.width, x.channels);
    image.data = converted<Wide>(x.data);
    return image;
  }
  /// Runs a pool kernel over all rows; `more(row)` is a tuple of the arguments between the geometry and y.
  template <typename Y, typename More> std::vector<Y> run(const std::string &name, More more) const {
    std::vector<Y> y(outH * outW * x.channels, Y(77));
    for (int64_t row = 0; row < outH; ++row) {
      const auto rows = rowsOf(x.data, x, window, row);
      Y *out = y.data() + row * outW * x.channels;
      std::apply(
          [&](auto... extra) {
            call(name, rows.data(), window.kernelH, x.width, x.channels, x.channels, window.kernelW, window.strideW,
                 window.padLeft, window.dilationW, extra..., out, outW, x.channels);
          },
          more(row));
    }
    return y;
  }
};

} // namespace

TEMPLATE_TEST_CASE("max pool rows", "[pool]", float, double, int8_t, uint8_t, int16_t, uint16_t) {
  using T = TestType;
  for (uint32_t round = 0; round < rounds; ++round) {
    const Layer<T> l(round);
    INFO(l.describe());
    const T lowest = std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::min();
    const auto expected = pool<T>(l.x, l.window, l.outH, l.outW, [&](const std::vector<T> &values, int64_t) {
      return values.empty() ? lowest : *std::max_element(values.begin(), values.end());
    });
    const auto actual = l.template run<T>(kernelName<T>("max_pool_row"), [](int64_t) { return std::tuple(); });
    REQUIRE(difference(actual, expected.data) == "");
  }
}

TEST_CASE("NaN wins a max pool", "[pool]") {
  const float x[] = {1, NAN, 2, 3};
  const float *const rows[] = {x};
  float y[2];
  call("brn_max_pool_row_f32", static_cast<const float *const *>(rows), 1, 4, 1, 1, 2, 2, 0, 1, y, 2, 1);
  CHECK(std::isnan(y[0]));
  CHECK(y[1] == 3);
}

TEMPLATE_TEST_CASE("average pool rows", "[pool]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < rounds; ++round) {
    const Layer<T> l(500 + round);
    for (const bool includePad : {false, true}) {
      INFO(l.describe() << " count_include_pad " << includePad);
      const auto expected = pool<double>(
          l.template wide<double>(), l.window, l.outH, l.outW, [&](const std::vector<double> &values, int64_t places) {
            const double count = includePad ? static_cast<double>(places) : static_cast<double>(values.size());
            return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / count;
          });
      const auto actual = l.template run<T>(kernelName<T>("avg_pool_row"), [&](int64_t row) {
        return std::tuple(includePad ? l.rowsPadded(row) : 0, includePad ? 1 : 0, l.window.padRight);
      });
      REQUIRE(difference(actual, expected.data, std::numeric_limits<T>::epsilon()) == "");
    }
  }
}

template <typename X, typename Y> static void checkQuantized(uint32_t salt, bool includePad) {
  Layer<X> l(salt);
  INFO(l.describe() << " count_include_pad " << includePad);
  const int64_t num = l.random.integer(1, 1 << 24), den = l.random.integer(1, 1 << 24);
  const int32_t xZero = l.random.template value<X>(std::numeric_limits<X>::min(), std::numeric_limits<X>::max());
  const int32_t yZero = l.random.template value<Y>(std::numeric_limits<Y>::min(), std::numeric_limits<Y>::max());
  const int32_t lo = std::numeric_limits<Y>::min(), hi = std::numeric_limits<Y>::max() - 5;
  const auto expected = pool<int64_t>(
      l.template wide<int64_t>(), l.window, l.outH, l.outW, [&](const std::vector<int64_t> &values, int64_t places) {
        __int128 sum = 0;
        for (int64_t v : values)
          sum += v - xZero;
        const int64_t count = includePad ? places : static_cast<int64_t>(values.size());
        const __int128 q = count == 0 ? 0 : roundedQuotient(sum * num, static_cast<__int128>(den) * count);
        return static_cast<int64_t>(std::clamp<__int128>(q + yZero, lo, hi));
      });
  const std::string name = std::string("brn_avg_pool_row_") + TypeName<X>::suffix + "_" + TypeName<Y>::suffix;
  const auto actual = l.template run<Y>(name, [&](int64_t row) {
    return std::tuple(includePad ? l.rowsPadded(row) : 0, includePad ? 1 : 0, l.window.padRight, xZero, num, den, yZero,
                      lo, hi);
  });
  REQUIRE(difference(actual, expected.data) == "");
}

TEST_CASE("quantised average pool rows", "[pool]") {
  for (uint32_t round = 0; round < rounds; ++round)
    for (const bool includePad : {false, true}) {
      checkQuantized<int8_t, int8_t>(1000 + round, includePad);
      checkQuantized<int8_t, uint8_t>(2000 + round, includePad);
      checkQuantized<uint8_t, int8_t>(3000 + round, includePad);
      checkQuantized<uint8_t, uint8_t>(4000 + round, includePad);
      checkQuantized<uint8_t, int16_t>(5000 + round, includePad);
      checkQuantized<int8_t, uint16_t>(6000 + round, includePad);
      checkQuantized<int16_t, int8_t>(7000 + round, includePad);
      checkQuantized<int16_t, int16_t>(8000 + round, includePad);
      checkQuantized<uint16_t, uint8_t>(9000 + round, includePad);
      checkQuantized<uint16_t, uint16_t>(10000 + round, includePad);
    }
}

/// The window's average by float32 arithmetic, rounding after each operation, before the output's zero point.
static double floatAverage(const std::vector<std::vector<int>> &window, float xScale, float yScale, int order) {
  // volatile: nothing is kept wider or fused.
  const auto add = [](float a, float b) {
    const volatile float sum = a + b;
    return static_cast<float>(sum);
  };
  std::vector<float> taps;
  for (const auto &row : window)
    for (const int value : row) {
      const volatile float real = static_cast<float>(value) * xScale;
      taps.push_back(static_cast<float>(real));
    }
  const size_t columns = window[0].size(), n = taps.size();
  float sum = 0;
  if (order == 1) {
    for (size_t t = 0; t < columns; ++t) {
      float column = 0;
      for (size_t k = 0; k < window.size(); ++k)
        column = add(column, taps[k * columns + t]);
      sum = add(sum, column);
    }
  } else {
    float lanes[4] = {0, 0, 0, 0};
    const size_t whole = order == 2 ? n / 4 * 4 : 0;
    for (size_t i = 0; i < whole; ++i)
      lanes[i % 4] = add(lanes[i % 4], taps[i]);
    sum = add(add(lanes[0], lanes[2]), add(lanes[1], lanes[3]));
    for (size_t i = whole; i < n; ++i)
      sum = add(sum, taps[i]);
  }
  const volatile float mean = sum / static_cast<float>(n);
  const volatile float quotient = mean / yScale;
  return std::nearbyint(static_cast<double>(quotient));
}

TEST_CASE("ties of quantised averages go where the sum of floats goes", "[pool]") {
  Random random(6000);
  int ties = 0, moved = 0;
  for (uint32_t round = 0; round < 4000; ++round) {
    const auto kh = static_cast<uint32_t>(random.integer(1, 8)), kw = static_cast<uint32_t>(random.integer(1, 8));
    const int order = static_cast<int>(random.integer(0, 2));
    const auto scale = static_cast<float>(random.integer(1, 1 << 20)) * 1.1e-6f;
    const int32_t zero = static_cast<int32_t>(random.integer(-128, 127));
    std::vector<int8_t> x(size_t{kh} * kw);
    std::vector<const int8_t *> rows;
    std::vector<std::vector<int>> window(kh);
    int sum = 0;
    for (uint32_t k = 0; k < kh; ++k) {
      for (uint32_t t = 0; t < kw; ++t) {
        int8_t &value = x[size_t{k} * kw + t];
        value = random.value<int8_t>(-128, 127);
        window[k].push_back(value - zero);
        sum += value - zero;
      }
      rows.push_back(&x[size_t{k} * kw]);
    }
    int exponent = 0;
    const auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(scale, &exponent), 24));
    // The output's scale is the input's, or half or twice it: where ties are.
    const int shift = static_cast<int>(random.integer(-1, 1));
    const int64_t num = shift < 0 ? 2 : 1, den = shift > 0 ? 2 : 1;
    int8_t y = 0;
    call("brn_avg_pool_row_ties_s8_s8", rows.data(), kh, kw, 1, 1, kw, 1, 0, 1, 0, 0, 0, zero, num, den, mantissa,
         mantissa, -shift, order, 0, -128, 127, &y, 1, 1);
    const int64_t count = static_cast<int64_t>(kh) * kw;
    const bool tie = std::abs(2 * sum * num) % (2 * den * count) == den * count;
    const auto even = static_cast<int64_t>(roundedQuotient(sum * num, den * count));
    const double expected =
        tie ? floatAverage(window, scale, std::ldexp(scale, shift), order) : static_cast<double>(even);
    INFO("round " << round << " kh " << kh << " kw " << kw << " order " << order << " zero " << zero << " sum " << sum);
    REQUIRE(static_cast<double>(y) == std::clamp(expected, -128.0, 127.0));
    ties += tie;
    moved += tie && expected != static_cast<double>(even);
  }
  CHECK(ties > 100); // else nothing was tested
  CHECK(moved > 10);
}

TEMPLATE_TEST_CASE("Lp pool rows", "[pool]", float, double) {
  using T = TestType;
  for (uint32_t round = 0; round < rounds; ++round) {
    const Layer<T> l(5000 + round);
    const int p = 1 + static_cast<int>(round % 4);
    INFO(l.describe() << " p " << p);
    const auto expected = pool<double>(l.template wide<double>(), l.window, l.outH, l.outW,
                                       [&](const std::vector<double> &values, int64_t) {
                                         double sum = 0;
                                         for (double v : values)
                                           sum += std::pow(std::fabs(v), p);
                                         return std::pow(sum, 1.0 / p);
                                       });
    const auto actual = l.template run<T>(kernelName<T>("lp_pool_row"), [&](int64_t) { return std::tuple(p); });
    REQUIRE(difference(actual, expected.data, 32 * std::numeric_limits<T>::epsilon()) == "");
  }
}

TEST_CASE("the average of a whole image, row by row") {
  // Two channels, rows of three pixels; all literals by hand.
  const int8_t rows[2][6] = {{1, -128, 2, 127, 3, 5}, {-4, 0, 7, -1, 8, 100}};
  int32_t sums[2] = {99, 99}; // row 0 starts them
  for (int64_t row = 0; row < 2; ++row)
    call("brn_pool_add_row_s8", rows[row], 3, 2, row, sums);
  CHECK(sums[0] == 17);
  CHECK(sums[1] == 103);
  int8_t y[2] = {};
  // (17 - 6 * 1) / 6 = 1.83, (103 - 6) / 6 = 16.17; halved: 0.92, 8.08.
  call("brn_pool_mean_s8_s8", sums, 2, 6, 1, 1, 1, -3, -128, 127, y);
  CHECK(y[0] == 2 - 3);
  CHECK(y[1] == 16 - 3);
  call("brn_pool_mean_s8_s8", sums, 2, 6, 1, 1, 2, 10, -128, 17, y);
  CHECK(y[0] == 11);
  CHECK(y[1] == 17);

  const float floats[2][3] = {{0.5f, 1, 2}, {-3, 4, 1}};
  float sum = 99, mean = 0;
  for (int64_t row = 0; row < 2; ++row)
    call("brn_pool_add_row_f32", floats[row], 3, 1, row, &sum);
  call("brn_pool_mean_f32", &sum, 1, 6, &mean);
  CHECK(sum == 5.5f);
  CHECK(mean == 5.5f / 6);
}
