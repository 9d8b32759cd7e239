// Casts between all pairs of types.
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <bit>

using namespace burin::test;

namespace {

/// The definition: to float rounds; float to integer truncates, saturates and takes NaN to 0; integers wrap.
template <typename To, typename From> To expected(From v) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(v))
      return 0;
    const long double whole = std::trunc(static_cast<long double>(v)); // holds every 64-bit integer
    if (whole >= static_cast<long double>(std::numeric_limits<To>::max()))
      return std::numeric_limits<To>::max();
    if (whole <= static_cast<long double>(std::numeric_limits<To>::min()))
      return std::numeric_limits<To>::min();
    return static_cast<To>(whole);
  } else {
    return static_cast<To>(v);
  }
}

template <typename From> std::vector<From> inputs() {
  Random random(sizeof(From));
  std::vector<From> x = corners<From>();
  if constexpr (std::is_floating_point_v<From>) {
    for (double limit :
         {127., 128., 129., 255., 256., 32767., 32768., 65535., 65536., 2147483647., 2147483648., 4294967295.,
          4294967296., 9.2233720368547748e18, 9.2233720368547758e18, 1.8446744073709550e19, 1.8446744073709552e19})
      for (double shift : {-1.5, -0.5, 0., 0.5})
        for (double sign : {1., -1.})
          x.push_back(static_cast<From>(sign * (limit + shift)));
    for (From v : random.values<From>(100, -300, 300))
      x.push_back(v);
  } else {
    for (From v : random.integers<From>(100))
      x.push_back(v);
  }
  return x;
}

template <typename From, typename To> void checkPair() {
  const std::string name = std::string("brn_cast_") + TypeName<From>::suffix + "_" + TypeName<To>::suffix;
  const std::vector<From> x = inputs<From>();
  std::vector<To> y(x.size()), want;
  for (From v : x)
    want.push_back(expected<To>(v));
  call(name, x.data(), y.data(), static_cast<uint32_t>(x.size()));
  INFO(name);
  CHECK(difference(y, want) == "");
}

template <typename From> void checkAll() {
  checkPair<From, float>();
  checkPair<From, double>();
  checkPair<From, int8_t>();
  checkPair<From, int16_t>();
  checkPair<From, int32_t>();
  checkPair<From, int64_t>();
  checkPair<From, uint8_t>();
  checkPair<From, uint16_t>();
  checkPair<From, uint32_t>();
  checkPair<From, uint64_t>();
}

/// The value of a float with `exponentBits` and `fractionBits`, from its definition.
double smallFloat(uint32_t bits, int exponentBits, int fractionBits) {
  const int bias = (1 << (exponentBits - 1)) - 1;
  const int exponent = static_cast<int>(bits >> fractionBits) & ((1 << exponentBits) - 1);
  const double fraction = bits & ((1u << fractionBits) - 1u);
  const double sign = (bits >> (exponentBits + fractionBits)) & 1 ? -1 : 1;
  if (exponent == (1 << exponentBits) - 1)
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0)
    return sign * std::ldexp(fraction, 1 - bias - fractionBits);
  return sign * std::ldexp(fraction + (1 << fractionBits), exponent - bias - fractionBits);
}

/// Checks a kernel from 16 bits to float on all bits.
void checkToFloat(const char *name, int exponentBits, int fractionBits) {
  std::vector<uint16_t> x(65536);
  std::vector<float> y(65536);
  std::vector<double> want(65536);
  for (uint32_t i = 0; i < 65536; ++i) {
    x[i] = static_cast<uint16_t>(i);
    want[i] = smallFloat(i, exponentBits, fractionBits);
  }
  call(name, x.data(), y.data(), 65536u);
  CHECK(difference(y, want) == "");
  CHECK(std::signbit(y[0x8000]));
}

/// Checks a kernel from float to 16 bits: exact values come back, and between two neighbours the nearer one is taken,
/// of two equally near ones the even.
void checkFromFloat(const char *name, int exponentBits, int fractionBits) {
  const auto convert = [&](double v) {
    const float x = static_cast<float>(v);
    uint16_t y = 0;
    call(name, &x, &y, 1u);
    return y;
  };
  const uint32_t infinity = ((1u << exponentBits) - 1u) << fractionBits;
  for (uint32_t bits = 0; bits < infinity; bits += bits < 4096 || bits + 64 > infinity ? 1 : 7) {
    const double low = smallFloat(bits, exponentBits, fractionBits);
    const double high = bits + 1 < infinity ? smallFloat(bits + 1, exponentBits, fractionBits)
                                            : 2 * low - smallFloat(bits - 1, exponentBits, fractionBits);
    const double middle = (low + high) / 2;
    INFO(name << " " << bits);
    CHECK(convert(low) == bits);
    CHECK(convert(-low) == (bits | 0x8000u));
    CHECK(convert(middle) == bits + bits % 2);
    CHECK(convert(std::nextafter(static_cast<float>(middle), 0.f)) == bits);
    CHECK(convert(-std::nextafter(static_cast<float>(middle), INFINITY)) == ((bits + 1) | 0x8000u));
  }
  CHECK(convert(INFINITY) == infinity);
  CHECK(convert(-INFINITY) == (infinity | 0x8000u));
  CHECK(convert(std::numeric_limits<float>::max()) == infinity);
  CHECK(std::isnan(smallFloat(convert(NAN), exponentBits, fractionBits)));
  CHECK(std::isnan(smallFloat(convert(std::bit_cast<float>(0x7f800001u)), exponentBits, fractionBits)));
}

} // namespace

TEMPLATE_TEST_CASE("casts", "[cast]", float, double, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t,
                   uint64_t) {
  checkAll<TestType>();
}

TEMPLATE_TEST_CASE("casts to and from bool", "[cast]", float, double, int8_t, int16_t, int32_t, int64_t, uint8_t,
                   uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  const std::string suffix = TypeName<T>::suffix;
  const std::vector<T> x = corners<T>();
  std::vector<uint8_t> y(x.size()), want;
  for (T v : x)
    want.push_back(v == 0 ? 0 : 1);
  call("brn_cast_" + suffix + "_b8", x.data(), y.data(), static_cast<uint32_t>(x.size()));
  CHECK(difference(y, want) == "");
  const uint8_t b[] = {0, 1};
  std::vector<T> z(2);
  call("brn_cast_b8_" + suffix, b, z.data(), 2u);
  CHECK(difference(z, std::vector<T>{0, 1}) == "");
}

TEST_CASE("float16", "[cast]") {
  checkToFloat("brn_cast_f16_f32", 5, 10);
  checkFromFloat("brn_cast_f32_f16", 5, 10);
}

TEST_CASE("bfloat16", "[cast]") {
  checkToFloat("brn_cast_bf16_f32", 8, 7);
  checkFromFloat("brn_cast_f32_bf16", 8, 7);
}
