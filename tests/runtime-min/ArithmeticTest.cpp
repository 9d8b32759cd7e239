// Elementwise kernels of two inputs, comparisons and selection, against 128-bit integers and <cmath>.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

using namespace burin::test;

namespace {

using Wide = __int128;

template <typename T> T one(const std::string &op, T a, T b) {
  T y{};
  call(kernelName<T>(op), &a, 1u, &b, 1u, &y, 1u);
  return y;
}

template <typename T> std::vector<T> integerInputs(uint32_t salt) {
  std::vector<T> x = corners<T>();
  Random random(salt);
  for (T v : random.integers<T>(40))
    x.push_back(v);
  return x;
}

Wide floorMod(Wide a, Wide b) {
  const Wide r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/// base to the power of exponent >= 0 modulo 2^64, one factor at a time.
uint64_t slowPower(uint64_t base, int64_t exponent) {
  uint64_t out = 1;
  for (int64_t i = 0; i < exponent; ++i)
    out *= base;
  return out;
}

} // namespace

TEMPLATE_TEST_CASE("integer arithmetic wraps and never traps", "[binary]", int8_t, int16_t, int32_t, int64_t, uint8_t,
                   uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  const Wide bits = sizeof(T) * 8;
  for (T a : integerInputs<T>(1))
    for (T b : integerInputs<T>(2)) {
      const Wide u = a, v = b;
      INFO(+a << " and " << +b);
      CHECK(one<T>("add", a, b) == static_cast<T>(u + v));
      CHECK(one<T>("sub", a, b) == static_cast<T>(u - v));
      CHECK(one<T>("mul", a, b) ==
            static_cast<T>(static_cast<unsigned __int128>(u) * static_cast<unsigned __int128>(v)));
      CHECK(one<T>("div", a, b) == static_cast<T>(v == 0 ? 0 : u / v));
      CHECK(one<T>("mod", a, b) == static_cast<T>(v == 0 ? 0 : floorMod(u, v)));
      CHECK(one<T>("fmod", a, b) == static_cast<T>(v == 0 ? 0 : u % v));
      CHECK(one<T>("min", a, b) == static_cast<T>(u < v ? u : v));
      CHECK(one<T>("max", a, b) == static_cast<T>(u > v ? u : v));
      CHECK(one<T>("bitwise_and", a, b) == static_cast<T>(u & v));
      CHECK(one<T>("bitwise_or", a, b) == static_cast<T>(u | v));
      CHECK(one<T>("bitwise_xor", a, b) == static_cast<T>(u ^ v));
      const bool shifts = v >= 0 && v < bits;
      CHECK(one<T>("shift_left", a, b) == static_cast<T>(shifts ? static_cast<unsigned __int128>(u) << v : 0));
      CHECK(one<T>("shift_right", a, b) == static_cast<T>(shifts ? u >> v : 0));
      if constexpr (std::is_signed_v<T>)
        CHECK(one<T>("prelu", a, b) == static_cast<T>(u < 0 ? u * v : u));
    }
}

TEMPLATE_TEST_CASE("integer powers", "[binary]", int32_t, int64_t) {
  using T = TestType;
  for (T base : integerInputs<T>(3))
    for (T exponent : {0, 1, 2, 3, 5, 31, 32, 63, 64, 100})
      CHECK(one<T>("pow", base, exponent) == static_cast<T>(slowPower(static_cast<uint64_t>(base), exponent)));
  const T least = std::numeric_limits<T>::min();
  for (T exponent : {T(-1), T(-2), T(-3), least}) {
    CHECK(one<T>("pow", T(1), exponent) == 1);
    CHECK(one<T>("pow", T(-1), exponent) == (exponent % 2 == 0 ? 1 : -1));
    CHECK(one<T>("pow", T(2), exponent) == 0);
    CHECK(one<T>("pow", T(-2), exponent) == 0);
    CHECK(one<T>("pow", T(0), exponent) == 0);
  }
}

TEMPLATE_TEST_CASE("float arithmetic is IEEE 754's", "[binary]", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  for (T a : corners<T>())
    for (T b : corners<T>()) {
      INFO(a << " and " << b);
      const bool either = std::isnan(a) || std::isnan(b);
      CHECK(close(one<T>("add", a, b), a + b, 0, 0));
      CHECK(close(one<T>("sub", a, b), a - b, 0, 0));
      CHECK(close(one<T>("mul", a, b), a * b, 0, 0));
      CHECK(close(one<T>("div", a, b), a / b, 0, 0));
      CHECK(close(one<T>("min", a, b), either ? nan : std::fmin(a, b), 0, 0));
      CHECK(close(one<T>("max", a, b), either ? nan : std::fmax(a, b), 0, 0));
      CHECK(close(one<T>("fmod", a, b), std::fmod(a, b), 0, 0));
      CHECK(close(one<T>("pow", a, b), std::pow(a, b), 1e-6, 0));
      CHECK(close(one<T>("prelu", a, b), a < 0 ? a * b : a, 0, 0));
    }
}

TEMPLATE_TEST_CASE("the float modulus has the divisor's sign", "[binary]", float, double) {
  using T = TestType;
  CHECK(one<T>("mod", T(5.5), T(2)) == T(1.5));
  CHECK(one<T>("mod", T(-5.5), T(2)) == T(0.5));
  CHECK(one<T>("mod", T(5.5), T(-2)) == T(-0.5));
  CHECK(one<T>("mod", T(-5.5), T(-2)) == T(-1.5));
  CHECK(one<T>("mod", T(-4), T(2)) == 0);
  CHECK(std::isnan(one<T>("mod", T(1), T(0))));
  CHECK(std::isnan(one<T>("mod", std::numeric_limits<T>::quiet_NaN(), T(2))));
  CHECK(std::isnan(one<T>("mod", T(2), std::numeric_limits<T>::quiet_NaN())));
}

TEST_CASE("steps repeat and stride, results may replace an input", "[binary]") {
  const std::vector<int32_t> a = {1, 2, 3, 4, 5, 6}, b = {10, 20, 30};
  std::vector<int32_t> y(3);
  call("brn_add_s32", a.data(), 2u, b.data(), 1u, y.data(), 3u);
  CHECK(y == std::vector<int32_t>{11, 23, 35});
  call("brn_add_s32", a.data(), 0u, b.data(), 1u, y.data(), 3u);
  CHECK(y == std::vector<int32_t>{11, 21, 31});
  call("brn_sub_s32", b.data(), 1u, a.data() + 5, 0u, y.data(), 3u);
  CHECK(y == std::vector<int32_t>{4, 14, 24});
  std::vector<int32_t> c = {1, 2, 3};
  call("brn_mul_s32", c.data(), 1u, b.data(), 1u, c.data(), 3u);
  CHECK(c == std::vector<int32_t>{10, 40, 90});
  call("brn_sub_s32", a.data(), 1u, c.data(), 1u, c.data(), 3u);
  CHECK(c == std::vector<int32_t>{-9, -38, -87});
  call("brn_add_s32", a.data(), 1u, b.data(), 1u, c.data(), 0u); // nothing to do
  CHECK(c == std::vector<int32_t>{-9, -38, -87});
}

TEST_CASE("logic", "[binary]") {
  const uint8_t a[] = {0, 0, 1, 1}, b[] = {0, 1, 0, 1};
  std::vector<uint8_t> y(4);
  call("brn_and_b8", a, 1u, b, 1u, y.data(), 4u);
  CHECK(y == std::vector<uint8_t>{0, 0, 0, 1});
  call("brn_or_b8", a, 1u, b, 1u, y.data(), 4u);
  CHECK(y == std::vector<uint8_t>{0, 1, 1, 1});
  call("brn_xor_b8", a, 1u, b, 1u, y.data(), 4u);
  CHECK(y == std::vector<uint8_t>{0, 1, 1, 0});
  call("brn_equal_b8", a, 1u, b, 1u, y.data(), 4u);
  CHECK(y == std::vector<uint8_t>{1, 0, 0, 1});
}

TEMPLATE_TEST_CASE("comparisons", "[binary]", float, double, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                   uint32_t, uint64_t) {
  using T = TestType;
  for (T a : corners<T>())
    for (T b : corners<T>()) {
      INFO(+a << " and " << +b);
      const auto compare = [&](const char *op) {
        uint8_t y = 7;
        call(kernelName<T>(op), &a, 1u, &b, 1u, &y, 1u);
        return y;
      };
      CHECK(compare("equal") == (a == b ? 1 : 0));
      CHECK(compare("less") == (a < b ? 1 : 0));
      CHECK(compare("less_equal") == (a <= b ? 1 : 0));
      CHECK(compare("greater") == (a > b ? 1 : 0));
      CHECK(compare("greater_equal") == (a >= b ? 1 : 0));
    }
}

TEST_CASE("comparisons have steps", "[binary]") {
  const std::vector<float> a = {1, 9, 2, 9, 3, 9}, b = {2};
  std::vector<uint8_t> y(3);
  call("brn_less_equal_f32", a.data(), 2u, b.data(), 0u, y.data(), 3u);
  CHECK(y == std::vector<uint8_t>{1, 1, 0});
}

TEMPLATE_TEST_CASE("selection", "[binary]", uint8_t, uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  const std::string name = "brn_select_" + std::to_string(8 * sizeof(T));
  const std::vector<uint8_t> c = {1, 0, 0, 1};
  const std::vector<T> a = {1, 2, 3, 4}, b = {11, 0, 12, 0, 13, 0, 14};
  std::vector<T> y(4);
  call(name, c.data(), 1u, a.data(), 1u, b.data(), 2u, y.data(), 4u);
  CHECK(y == std::vector<T>{1, 12, 13, 4});
  call(name, c.data() + 1, 0u, a.data(), 1u, b.data() + 6, 0u, y.data(), 4u);
  CHECK(y == std::vector<T>{14, 14, 14, 14});
  std::vector<T> d = {7, 8, 9, 10};
  call(name, c.data(), 1u, d.data(), 1u, b.data(), 2u, d.data(), 4u);
  CHECK(d == std::vector<T>{7, 12, 13, 10});
}
