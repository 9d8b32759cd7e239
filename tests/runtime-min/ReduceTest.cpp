// Reductions, positions of extremes and running sums, against sums in wider arithmetic.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <algorithm>
#include <functional>

using namespace burin::test;

namespace {

using Wide = long double;

/// A run of n elements, step apart.
template <typename T> struct Run {
  Random random;
  uint32_t n, step;
  std::vector<T> x, values; // memory, and the n elements of it

  Run(uint32_t salt, double lo, double hi) : random(salt), n(random.size(1, 40)), step(random.size(1, 3)) {
    if constexpr (std::is_integral_v<T>)
      x = hi == 0 ? random.integers<T>(n * step) : random.values<T>(n * step, lo, hi);
    else
      x = random.values<T>(n * step, lo, hi);
    for (uint32_t i = 0; i < n; ++i)
      values.push_back(x[i * step]);
  }
  T reduce(const std::string &op) const {
    T y{};
    call(kernelName<T>("reduce_" + op), x.data(), n, step, &y);
    return y;
  }
  Wide sum(const std::function<Wide(Wide)> &map) const {
    Wide total = 0;
    for (T v : values)
      total += map(v);
    return total;
  }
};

Wide square(Wide v) { return v * v; }
Wide same(Wide v) { return v; }
Wide absolute(Wide v) { return std::fabs(v); }

/// The result of a kernel of no elements at all.
template <typename T> T empty(const std::string &op) {
  T x{}, y{};
  call(kernelName<T>("reduce_" + op), &x, 0u, 1u, &y);
  return y;
}

} // namespace

TEMPLATE_TEST_CASE("float reductions", "[reduce]", float, double) {
  using T = TestType;
  const double e = 32 * std::numeric_limits<T>::epsilon();
  for (uint32_t round = 0; round < 60; ++round) {
    const Run<T> r(round, -4, 4), positive(500 + round, 0.1, 3);
    INFO(r.random.seed() << " round " << round << " n " << r.n << " step " << r.step);
    const Wide size = r.sum(absolute);
    CHECK(close(r.reduce("sum"), r.sum(same), 0, e * static_cast<double>(size)));
    CHECK(close(r.reduce("mean"), r.sum(same) / r.n, 0, e * static_cast<double>(size)));
    CHECK(close(r.reduce("l1"), r.sum(absolute), e, 0));
    CHECK(close(r.reduce("l2"), std::sqrt(r.sum(square)), e, 0));
    CHECK(close(r.reduce("sum_square"), r.sum(square), e, 0));
    CHECK(close(positive.reduce("log_sum"), std::log(positive.sum(same)), e, e));
    CHECK(close(r.reduce("log_sum_exp"), std::log(r.sum([](Wide v) { return std::exp(v); })), e, e));
    Wide product = 1;
    for (T v : r.values)
      product *= v;
    CHECK(close(r.reduce("prod"), product, e, 0));
    CHECK(r.reduce("max") == *std::max_element(r.values.begin(), r.values.end()));
    CHECK(r.reduce("min") == *std::min_element(r.values.begin(), r.values.end()));
  }
}

TEMPLATE_TEST_CASE("integer sums and products wrap", "[reduce]", int32_t, int64_t, uint32_t, uint64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    const Run<T> r(round, 0, 0);
    INFO(r.random.seed() << " round " << round);
    unsigned __int128 sum = 0, sizes = 0, squares = 0, product = 1;
    for (T v : r.values) {
      const auto u = static_cast<unsigned __int128>(v);
      sum += u;
      sizes += v < 0 ? 0 - u : u;
      squares += u * u;
      product *= u;
    }
    CHECK(r.reduce("sum") == static_cast<T>(sum));
    CHECK(r.reduce("l1") == static_cast<T>(sizes));
    CHECK(r.reduce("sum_square") == static_cast<T>(squares));
    CHECK(r.reduce("prod") == static_cast<T>(product));
  }
}

TEMPLATE_TEST_CASE("integer reductions that round", "[reduce]", int32_t, int64_t, uint32_t, uint64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    const Run<T> r(round, std::is_signed_v<T> ? -1000 : 0, 1000), positive(200 + round, 1, 1000);
    INFO(r.random.seed() << " round " << round);
    CHECK(r.reduce("mean") == static_cast<T>(r.sum(same) / r.n));
    CHECK(r.reduce("l2") == static_cast<T>(std::sqrt(static_cast<double>(r.sum(square)))));
    CHECK(positive.reduce("log_sum") == static_cast<T>(std::log(static_cast<double>(positive.sum(same)))));
    const Wide top = *std::max_element(positive.values.begin(), positive.values.end());
    const Wide sum = positive.sum([&](Wide v) { return std::exp(v - top); });
    CHECK(positive.reduce("log_sum_exp") == static_cast<T>(std::log(sum) + top));
  }
}

TEST_CASE("means of large integers don't overflow", "[reduce]") {
  const std::vector<int32_t> x(1000, std::numeric_limits<int32_t>::min());
  int32_t y = 0;
  call("brn_reduce_mean_s32", x.data(), 1000u, 1u, &y);
  CHECK(y == std::numeric_limits<int32_t>::min());
  const std::vector<uint32_t> u(1000, 4294967295u);
  uint32_t z = 0;
  call("brn_reduce_mean_u32", u.data(), 1000u, 1u, &z);
  CHECK(z == 4294967295u);
}

TEMPLATE_TEST_CASE("extremes of integers", "[reduce]", int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t,
                   uint64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 30; ++round) {
    const Run<T> r(round, 0, 0);
    INFO(r.random.seed() << " round " << round);
    CHECK(r.reduce("max") == *std::max_element(r.values.begin(), r.values.end()));
    CHECK(r.reduce("min") == *std::min_element(r.values.begin(), r.values.end()));
  }
  CHECK(empty<T>("max") == std::numeric_limits<T>::min());
  CHECK(empty<T>("min") == std::numeric_limits<T>::max());
}

TEST_CASE("extremes of bools", "[reduce]") {
  const uint8_t x[] = {0, 1, 1, 0};
  uint8_t y = 9;
  call("brn_reduce_max_b8", x, 2u, 3u, &y);
  CHECK(y == 0);
  call("brn_reduce_max_b8", x, 4u, 1u, &y);
  CHECK(y == 1);
  call("brn_reduce_min_b8", x + 1, 2u, 1u, &y);
  CHECK(y == 1);
  call("brn_reduce_min_b8", x, 0u, 1u, &y);
  CHECK(y == 1);
  call("brn_reduce_max_b8", x, 0u, 1u, &y);
  CHECK(y == 0);
}

TEMPLATE_TEST_CASE("reductions of nothing", "[reduce]", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity();
  CHECK(empty<T>("sum") == 0);
  CHECK(empty<T>("prod") == 1);
  CHECK(empty<T>("l1") == 0);
  CHECK(empty<T>("l2") == 0);
  CHECK(empty<T>("sum_square") == 0);
  CHECK(std::isnan(empty<T>("mean")));
  CHECK(empty<T>("log_sum") == -inf);
  CHECK(empty<T>("log_sum_exp") == -inf);
  CHECK(empty<T>("max") == -inf);
  CHECK(empty<T>("min") == inf);
  CHECK(empty<int32_t>("mean") == 0);
  CHECK(empty<int32_t>("prod") == 1);
  CHECK(empty<int64_t>("sum") == 0);
}

TEMPLATE_TEST_CASE("reductions of extremes", "[reduce]", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const auto reduce = [](const std::string &op, const std::vector<T> &x) {
    T y{};
    call(kernelName<T>("reduce_" + op), x.data(), static_cast<uint32_t>(x.size()), 1u, &y);
    return y;
  };
  for (const char *op : {"sum", "mean", "prod", "max", "min", "l1", "l2", "sum_square", "log_sum", "log_sum_exp"}) {
    INFO(op);
    CHECK(std::isnan(reduce(op, {1, nan, 2})));
    CHECK(std::isnan(reduce(op, {nan, 1, 2})));
  }
  CHECK(close(reduce("log_sum_exp", {1000, 1000}), 1000 + std::log(2.0), 1e-6, 0));
  CHECK(close(reduce("log_sum_exp", {-1000, -1000}), -1000 + std::log(2.0), 1e-6, 0));
  CHECK(reduce("log_sum_exp", {-inf, 5}) == 5);
  CHECK(reduce("log_sum_exp", {-inf, -inf}) == -inf);
  CHECK(reduce("log_sum_exp", {inf, 5}) == inf);
  CHECK(reduce("max", {-inf, -inf}) == -inf);
}

TEMPLATE_TEST_CASE("positions of extremes", "[reduce]", float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t,
                   uint32_t, int64_t, uint64_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 40; ++round) {
    Run<T> r(round, 1, 9);
    for (uint32_t i = 0; i < r.n; ++i) { // small integers: many equals
      r.x[i * r.step] = static_cast<T>(static_cast<int64_t>(r.x[i * r.step]) % 4);
      r.values[i] = r.x[i * r.step];
    }
    INFO(r.random.seed() << " round " << round);
    for (const bool largest : {true, false}) {
      int64_t first = -1, last = -1;
      const T best = largest ? *std::max_element(r.values.begin(), r.values.end())
                             : *std::min_element(r.values.begin(), r.values.end());
      for (int64_t i = 0; i < r.n; ++i)
        if (r.values[i] == best) {
          first = first < 0 ? i : first;
          last = i;
        }
      int64_t y = -1;
      const std::string name = kernelName<T>(largest ? "arg_max" : "arg_min");
      call(name, r.x.data(), r.n, r.step, &y, 0u);
      CHECK(y == first);
      call(name, r.x.data(), r.n, r.step, &y, 1u);
      CHECK(y == last);
    }
  }
}

TEMPLATE_TEST_CASE("running sums and products", "[reduce]", float, double, int32_t, uint32_t, int64_t, uint64_t) {
  using T = TestType;
  const double e = 64 * std::numeric_limits<T>::epsilon();
  for (uint32_t round = 0; round < 40; ++round)
    for (const bool exclusive : {false, true})
      for (const bool reverse : {false, true}) {
        Run<T> r(round, 1, 3);
        INFO(r.random.seed() << " round " << round << " exclusive " << exclusive << " reverse " << reverse);
        std::vector<Wide> sums, products;
        for (uint32_t i = 0; i < r.n; ++i) {
          Wide sum = 0, product = 1;
          for (uint32_t j = 0; j < r.n; ++j)
            if ((reverse ? j > i : j < i) || (j == i && !exclusive)) {
              sum += r.values[j];
              product *= r.values[j];
            }
          sums.push_back(sum);
          products.push_back(product);
        }
        std::vector<T> y(r.x.size());
        const auto results = [&] {
          std::vector<T> out;
          for (uint32_t i = 0; i < r.n; ++i)
            out.push_back(y[i * r.step]);
          return out;
        };
        call(kernelName<T>("cumsum"), r.x.data(), r.step, y.data(), r.n, exclusive, reverse);
        CHECK(difference(results(), sums, e) == "");
        if (std::is_floating_point_v<T> || r.n <= 19) { // 3^19 is the last that fits int32
          call(kernelName<T>("cumprod"), r.x.data(), r.step, y.data(), r.n, exclusive, reverse);
          CHECK(difference(results(), products, e) == "");
        }
        call(kernelName<T>("cumsum"), r.x.data(), r.step, r.x.data(), r.n, exclusive, reverse); // in place
        y = r.x;
        CHECK(difference(results(), sums, e) == "");
      }
}
