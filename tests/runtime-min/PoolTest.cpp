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

TEMPLATE_TEST_CASE("max pool rows", "[pool]", float, double, int8_t, uint8_t) {
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
    }
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
