// Casts from and to elements of less than 8 bits, and floats of 8.
#include "tests/reference/SmallFloat.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

bool sameNumber(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

/// Every number of the format, every tie, what overflows, and the neighbours of all of them, of both signs.
std::vector<float> boundaries(const SmallFormat &format) {
  std::vector<float> x = {INFINITY, NAN, 3e38f, 1e-45f, 1e-38f};
  const uint32_t last = largestCode(format);
  for (uint32_t code = 0; code <= last; ++code) {
    const double low = smallValue(format, code);
    const double high = code < last ? smallValue(format, code + 1) : 2 * low - smallValue(format, code - 1);
    for (double v : {low, (low + high) / 2, high}) {
      const float f = static_cast<float>(v);
      x.insert(x.end(), {f, std::nextafter(f, 0.0f), std::nextafter(f, INFINITY)});
    }
  }
  for (size_t i = 0, n = x.size(); i < n; ++i)
    x.push_back(-x[i]);
  return x;
}

/// What ONNX's Cast makes of `v`.
double expectedCast(const SmallFormat &format, double v, bool overflow) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  double want = nearestSmall(format, v);
  if (std::isnan(want))
    return format.special == Special::None ? -0.0 : want;
  if (std::isinf(want)) {
    if (!overflow)
      return std::copysign(smallValue(format, largestCode(format)), v);
    return format.special == Special::Ieee ? want : nan;
  }
  return want == 0 && format.special == Special::MinusZero ? 0.0 : want;
}

} // namespace

TEST_CASE("every code of a small float", "[cast]") {
  for (const SmallFormat &format : smallFormats) {
    const uint32_t codes = 1u << (1 + format.exponentBits + format.fractionBits);
    for (uint32_t code = 0; code < codes; ++code) {
      const auto x = static_cast<uint8_t>(code);
      float y = 0;
      call(std::string("brn_cast_") + format.suffix + "_f32", &x, &y, 1u);
      INFO(format.suffix << " " << code);
      CHECK(sameNumber(y, smallValue(format, code)));
    }
  }
}

TEST_CASE("rounding to a small float", "[cast]") {
  for (const SmallFormat &format : smallFormats) {
    const std::vector<float> x = boundaries(format);
    std::vector<uint8_t> y(x.size());
    for (bool overflow : {false, true}) {
      if (overflow && format.special == Special::None)
        continue;
      call(std::string("brn_cast_") + (overflow ? "overflow_" : "") + "f32_" + format.suffix, x.data(), y.data(),
           static_cast<uint32_t>(x.size()));
      for (size_t i = 0; i < x.size(); ++i) {
        INFO(format.suffix << " of " << x[i] << (overflow ? ", overflowing" : ""));
        CHECK(sameNumber(smallValue(format, y[i]), expectedCast(format, x[i], overflow)));
      }
    }
  }
}

TEST_CASE("float8e8m0", "[cast]") {
  for (uint32_t code = 0; code < 256; ++code) {
    const auto x = static_cast<uint8_t>(code);
    float y = 0;
    call("brn_cast_f8e8m0_f32", &x, &y, 1u);
    CHECK(sameNumber(y, code == 255 ? std::nan("") : std::ldexp(1.0, static_cast<int>(code) - 127)));
  }
  const auto convert = [](double v, uint32_t bump, bool overflow) {
    const float x = static_cast<float>(v);
    uint8_t y = 0;
    call("brn_cast_f32_f8e8m0", &x, &y, 1u, bump, overflow ? 255u : 0u, overflow ? 255u : 254u);
    return int{y};
  };
  constexpr uint32_t down = 0, nearest = 0x400000, up = 0x7fffff;
  for (int code = 0; code < 254; ++code) {
    const double low = std::ldexp(1.0, code - 127);
    for (uint32_t bump : {down, nearest, up}) {
      CHECK(convert(low, bump, false) == code);
      CHECK(convert(-low, bump, false) == code);
      CHECK(convert(1.25 * low, bump, false) == code + (bump == up));
      CHECK(convert(1.5 * low, bump, false) == code + (bump != down));
      CHECK(convert(1.75 * low, bump, false) == code + (bump != down));
    }
  }
  for (double big : {0x1.8p127, static_cast<double>(INFINITY)}) {
    CHECK(convert(big, up, false) == 254);
    CHECK(convert(big, up, true) == 255);
  }
  for (double small : {0.0, 0x1p-149, 0x1p-128}) {
    CHECK(convert(small, nearest, false) == 0);
    CHECK(convert(small, nearest, true) == 255);
  }
  CHECK(convert(NAN, down, false) == 255);
}

TEMPLATE_TEST_CASE("casts to 2 and 4 bits wrap", "[cast]", float, double, int8_t, int16_t, int32_t, int64_t, uint8_t,
                   uint16_t, uint32_t, uint64_t) {
  using T = TestType;
  std::vector<T> x;
  for (int v = std::is_signed_v<T> ? -120 : 0; v < 121; ++v)
    x.push_back(static_cast<T>(v));
  if constexpr (std::is_floating_point_v<T>)
    x.insert(x.end(), {T(-8.9), T(7.9), T(NAN), T(1e30), T(-1e30)});
  for (int bits : {2, 4}) {
    const int64_t count = int64_t(1) << bits;
    std::vector<int8_t> wantSigned;
    std::vector<uint8_t> wantUnsigned;
    for (T v : x) {
      // Floats become an int32 first: one of the ends, where it doesn't fit.
      const double real = std::isnan(static_cast<double>(v)) ? 0 : static_cast<double>(v);
      const auto whole = static_cast<int64_t>(std::fmin(std::fmax(real, -2147483648.0), 2147483647.0));
      const int64_t low = ((whole % count) + count) % count;
      wantUnsigned.push_back(static_cast<uint8_t>(low));
      wantSigned.push_back(static_cast<int8_t>(low >= count / 2 ? low - count : low));
    }
    const std::string stem = std::string("brn_cast_") + TypeName<T>::suffix;
    std::vector<int8_t> s(x.size());
    std::vector<uint8_t> u(x.size());
    call(stem + "_s" + std::to_string(bits), x.data(), s.data(), static_cast<uint32_t>(x.size()));
    call(stem + "_u" + std::to_string(bits), x.data(), u.data(), static_cast<uint32_t>(x.size()));
    CHECK(difference(s, wantSigned) == "");
    CHECK(difference(u, wantUnsigned) == "");
  }
}
