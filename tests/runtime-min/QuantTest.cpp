// Quantisation, dequantisation and quantised elementwise arithmetic.
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <array>

using namespace burin::test;
using namespace burin::reference;

namespace {

template <typename Y> int64_t quantized(float x, float scale, int64_t zero) {
  const float quotient = x / scale; // ONNX divides in float
  if (std::isnan(quotient))
    return zero;
  const double whole = std::nearbyint(static_cast<double>(quotient)) + static_cast<double>(zero);
  return static_cast<int64_t>(std::clamp(whole, static_cast<double>(std::numeric_limits<Y>::min()),
                                         static_cast<double>(std::numeric_limits<Y>::max())));
}

} // namespace

TEMPLATE_TEST_CASE("quantisation", "[quant]", int8_t, uint8_t, int16_t, uint16_t, int32_t) {
  using Y = TestType;
  const std::string name = std::string("brn_quantize_f32_") + TypeName<Y>::suffix;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(round);
    const float scale = round % 4 == 0 ? 0.25f : static_cast<float>(std::exp2(random.real(-20, 4)));
    const Y zero = random.integers<Y>(1)[0];
    std::vector<float> x = corners<float>();
    for (int i = 0; i < 100; ++i)
      x.push_back(scale * static_cast<float>(random.real(-300, 300)));
    for (int i = -40; i < 40; ++i) // with scale 0.25: ties
      x.push_back(scale * (static_cast<float>(i) + 0.5f));
    const double edge = static_cast<double>(std::numeric_limits<Y>::max()) - static_cast<double>(zero);
    for (double d : {-2., -1., -0.5, 0., 0.5, 1., 2.})
      x.push_back(static_cast<float>((edge + d) * static_cast<double>(scale)));
    std::vector<int64_t> expected, plain;
    for (float v : x) {
      expected.push_back(quantized<Y>(v, scale, zero));
      plain.push_back(quantized<Y>(v, scale, 0));
    }
    INFO(random.seed() << " " << name << " scale " << scale << " zero " << +zero);
    std::vector<Y> y(x.size());
    call(name, x.data(), &scale, &zero, y.data(), static_cast<uint32_t>(x.size()));
    CHECK(difference(y, expected) == "");
    call(name, x.data(), &scale, nullptr, y.data(), static_cast<uint32_t>(x.size()));
    CHECK(difference(y, plain) == "");
  }
}

TEMPLATE_TEST_CASE("dequantisation", "[quant]", int8_t, uint8_t, int16_t, uint16_t, int32_t) {
  using X = TestType;
  const std::string name = std::string("brn_dequantize_") + TypeName<X>::suffix + "_f32";
  Random random(5);
  for (const X zero : {X(0), X(100), std::numeric_limits<X>::min(), std::numeric_limits<X>::max()}) {
    const float scale = static_cast<float>(random.real(0.001, 2));
    std::vector<X> x = corners<X>();
    for (X v : random.integers<X>(200))
      x.push_back(v);
    std::vector<float> expected, y(x.size());
    for (X v : x)
      expected.push_back(static_cast<float>(int64_t{v} - int64_t{zero}) * scale);
    INFO(random.seed() << " " << name);
    call(name, x.data(), &scale, &zero, y.data(), static_cast<uint32_t>(x.size()));
    CHECK(difference(y, expected) == "");
    if (zero == 0) {
      call(name, x.data(), &scale, nullptr, y.data(), static_cast<uint32_t>(x.size()));
      CHECK(difference(y, expected) == "");
    }
  }
}

namespace {

/// All pairs of 8-bit values as two runs, and random zero points.
template <typename T> struct Pairs {
  Random random;
  std::vector<T> a, b;
  int32_t aZero, bZero, yZero, lo, hi;

  explicit Pairs(uint32_t salt) : random(salt) {
    for (int i = std::numeric_limits<T>::min(); i <= std::numeric_limits<T>::max(); ++i)
      for (int j = std::numeric_limits<T>::min(); j <= std::numeric_limits<T>::max(); ++j) {
        a.push_back(static_cast<T>(i));
        b.push_back(static_cast<T>(j));
      }
    aZero = zero();
    bZero = zero();
    yZero = zero();
    lo = std::numeric_limits<T>::min() + random.value<int32_t>(0, 3);
    hi = std::numeric_limits<T>::max() - random.value<int32_t>(0, 3);
  }
  int32_t zero() { return random.value<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()); }
  uint32_t size() const { return static_cast<uint32_t>(a.size()); }

  /// clamp(round(numerator(u, v) / den) + yZero) of every pair, where u and v are free of their zero points.
  template <typename F> std::vector<int64_t> expected(F numerator, __int128 den) const {
    std::vector<int64_t> out;
    for (uint32_t i = 0; i < size(); ++i) {
      const __int128 q = roundedQuotient(numerator(__int128{a[i]} - aZero, __int128{b[i]} - bZero), den);
      out.push_back(static_cast<int64_t>(std::clamp<__int128>(q + yZero, lo, hi)));
    }
    return out;
  }
};

} // namespace

TEMPLATE_TEST_CASE("quantised sums of all pairs", "[quant]", int8_t, uint8_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 6; ++round) {
    Pairs<T> p(round);
    const int32_t aMult = p.random.template value<int32_t>(1, 1 << 30),
                  bMult = p.random.template value<int32_t>(-(1 << 30), 1 << 30);
    const uint32_t shift = p.random.size(round == 0 ? 1 : 28, round == 0 ? 8 : 33);
    INFO(p.random.seed() << " " << aMult << " " << bMult << " shift " << shift);
    const auto expected =
        p.expected([&](__int128 u, __int128 v) { return u * aMult + v * bMult; }, __int128{1} << shift);
    std::vector<T> y(p.size()), inPlace = p.a;
    call(kernelName<T>("qadd"), p.a.data(), 1u, p.b.data(), 1u, y.data(), p.size(), p.aZero, aMult, p.bZero, bMult,
         shift, p.yZero, p.lo, p.hi);
    CHECK(difference(y, expected) == "");
    call(kernelName<T>("qadd"), inPlace.data(), 1u, p.b.data(), 1u, inPlace.data(), p.size(), p.aZero, aMult, p.bZero,
         bMult, shift, p.yZero, p.lo, p.hi);
    CHECK(inPlace == y);
  }
}

TEMPLATE_TEST_CASE("exact quantised sums of all pairs", "[quant]", int8_t, uint8_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 6; ++round) {
    Pairs<T> p(100 + round);
    const int64_t scale = round == 0 ? 2 : int64_t{1} << 50; // 2: many ties
    const int64_t aNum = p.random.integer(1, scale), bNum = p.random.integer(-scale, scale),
                  den = p.random.integer(1, 2 * scale);
    INFO(p.random.seed() << " " << aNum << " " << bNum << " / " << den);
    const auto expected = p.expected([&](__int128 u, __int128 v) { return u * aNum + v * bNum; }, den);
    std::vector<T> y(p.size());
    call(kernelName<T>("qadd_exact"), p.a.data(), 1u, p.b.data(), 1u, y.data(), p.size(), p.aZero, aNum, p.bZero, bNum,
         den, p.yZero, p.lo, p.hi);
    CHECK(difference(y, expected) == "");
  }
}

TEMPLATE_TEST_CASE("quantised products of all pairs", "[quant]", int8_t, uint8_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 6; ++round) {
    Pairs<T> p(200 + round);
    const int32_t mult = p.random.template value<int32_t>(1, std::numeric_limits<int32_t>::max());
    const uint32_t shift = p.random.size(30, 42);
    INFO(p.random.seed() << " " << mult << " shift " << shift);
    const auto expected = p.expected([&](__int128 u, __int128 v) { return u * v * mult; }, __int128{1} << shift);
    std::vector<T> y(p.size());
    call(kernelName<T>("qmul"), p.a.data(), 1u, p.b.data(), 1u, y.data(), p.size(), p.aZero, p.bZero, mult, shift,
         p.yZero, p.lo, p.hi);
    CHECK(difference(y, expected) == "");

    const int64_t num = p.random.integer(1, round == 0 ? 3 : int64_t{1} << 44), den = num * p.random.integer(1, 300);
    const auto exact = p.expected([&](__int128 u, __int128 v) { return u * v * num; }, den);
    call(kernelName<T>("qmul_exact"), p.a.data(), 1u, p.b.data(), 1u, y.data(), p.size(), p.aZero, p.bZero, num, den,
         p.yZero, p.lo, p.hi);
    CHECK(difference(y, exact) == "");
  }
}

TEST_CASE("quantised arithmetic has steps", "[quant]") {
  const int8_t a[] = {1, 99, 2, 99, 3, 99}, b[] = {10};
  std::vector<int8_t> y(3);
  call("brn_qadd_s8", a, 2u, b, 0u, y.data(), 3u, 0, 4, 0, 2, 1u, 5, -128, 127); // (4 a + 2 b) / 2 + 5
  CHECK(y == std::vector<int8_t>{17, 19, 21});
  call("brn_qmul_exact_s8", a, 2u, b, 0u, y.data(), 3u, 1, 8, 3, 2, 0, -128, 127); // (a - 1) (b - 8) 3 / 2
  CHECK(y == std::vector<int8_t>{0, 3, 6});
}

TEST_CASE("lookup", "[quant]") {
  std::array<uint8_t, 256> table;
  for (int i = 0; i < 256; ++i)
    table[i] = static_cast<uint8_t>(255 - i);
  std::vector<uint8_t> x = {0, 1, 127, 128, 255}, y(5);
  call("brn_lookup_8", x.data(), table.data(), y.data(), 5u);
  CHECK(y == std::vector<uint8_t>{255, 254, 128, 127, 0});
  call("brn_lookup_8", x.data(), table.data(), x.data(), 5u);
  CHECK(x == y);
}

TEMPLATE_TEST_CASE("quantised softmax", "[quant]", int8_t, uint8_t) {
  using T = TestType;
  for (uint32_t round = 0; round < 60; ++round) {
    Random random(round);
    const uint32_t n = round == 0 ? 1 : random.size(2, 200), step = random.size(1, 3);
    const double scale = random.real(0.005, 0.3);
    std::array<uint32_t, 256> table;
    for (int d = 0; d < 256; ++d)
      table[d] = static_cast<uint32_t>(std::exp(-scale * d) * (4294967295.0 / n));
    const int64_t num = round % 2 ? 256 : 1000003, den = round % 2 ? 1 : 4001;
    const int32_t zero = std::numeric_limits<T>::min(), lo = zero, hi = std::numeric_limits<T>::max();
    const auto x = random.integers<T>(n * step);
    INFO(random.seed() << " n " << n << " step " << step);
    int top = lo;
    for (uint32_t i = 0; i < n; ++i)
      top = std::max<int>(top, x[i * step]);
    __int128 sum = 0;
    for (uint32_t i = 0; i < n; ++i)
      sum += table[top - x[i * step]];
    std::vector<int64_t> expected(x.size(), 3);
    for (uint32_t i = 0; i < n; ++i)
      expected[i * step] = static_cast<int64_t>(
          std::clamp<__int128>(roundedQuotient(__int128{table[top - x[i * step]]} * num, sum * den) + zero, lo, hi));
    std::vector<T> y(x.size(), T(3));
    call(kernelName<T>("qsoftmax"), x.data(), step, y.data(), n, table.data(), num, den, zero, lo, hi);
    CHECK(difference(y, expected) == "");
    auto inPlace = x;
    call(kernelName<T>("qsoftmax"), inPlace.data(), step, inPlace.data(), n, table.data(), num, den, zero, lo, hi);
    for (uint32_t i = 0; i < n; ++i)
      CHECK(inPlace[i * step] == y[i * step]);
  }
}
