// Elementwise arithmetic, rescaling, pieces and softmax where an operand or the result has 16 bits.
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <array>

using namespace burin::test;
using namespace burin::reference;

namespace {

/// Zero point and bounds of a result of type Y.
template <typename Y> struct Result {
  int32_t zero, lo, hi;
  explicit Result(Random &random)
      : zero(random.integers<Y>(1)[0]), lo(std::numeric_limits<Y>::min() + random.value<int32_t>(0, 3)),
        hi(std::numeric_limits<Y>::max() - random.value<int32_t>(0, 3)) {}
  int64_t rounded(__int128 numerator, __int128 denominator) const {
    return static_cast<int64_t>(std::clamp<__int128>(roundedQuotient(numerator, denominator) + zero, lo, hi));
  }
};

template <typename A, typename B, typename Y> std::string threeTypes(const std::string &op) {
  return kernelName<A>(op) + "_" + TypeName<B>::suffix + "_" + TypeName<Y>::suffix;
}

template <typename A, typename B, typename Y> void checkSum(uint32_t salt) {
  Random random(salt);
  const auto a = random.integers<A>(300);
  const auto b = random.integers<B>(300);
  const int32_t aZero = random.integers<A>(1)[0], bZero = random.integers<B>(1)[0];
  const int32_t aMult = random.value<int32_t>(1, std::numeric_limits<int32_t>::max()),
                bMult =
                    random.value<int32_t>(-std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::max());
  const Result<Y> result(random);
  const uint32_t shift = random.size(1, 40);
  std::vector<int64_t> sums, products;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const __int128 u = a[i] - aZero, v = b[i] - bZero;
    sums.push_back(result.rounded(u * aMult + v * bMult, __int128{1} << shift));
    products.push_back(result.rounded(u * v * (aMult / 2), __int128{1} << shift));
  }
  std::vector<Y> y(a.size());
  const auto n = static_cast<uint32_t>(a.size());
  const std::string types = threeTypes<A, B, Y>("");
  INFO(random.seed() << " " << types << " " << aMult << " " << bMult << " shift " << shift);
  call(threeTypes<A, B, Y>("qadd"), a.data(), 1u, b.data(), 1u, y.data(), n, aZero, aMult, bZero, bMult, shift,
       result.zero, result.lo, result.hi);
  REQUIRE(difference(y, sums) == "");
  call(threeTypes<A, B, Y>("qmul"), a.data(), 1u, b.data(), 1u, y.data(), n, aZero, bZero, aMult / 2, shift,
       result.zero, result.lo, result.hi);
  REQUIRE(difference(y, products) == "");
}

template <typename A, typename B> void checkSums(uint32_t salt) {
  if constexpr (sizeof(A) + sizeof(B) > 2) {
    checkSum<A, B, int8_t>(salt);
    checkSum<A, B, uint8_t>(salt + 1);
  }
  checkSum<A, B, int16_t>(salt + 2);
  checkSum<A, B, uint16_t>(salt + 3);
}

template <typename X, typename Y> void checkClamp(uint32_t salt) {
  Random random(salt);
  const auto x = random.integers<X>(300);
  const int32_t zero = random.integers<X>(1)[0], mult = random.value<int32_t>(0, std::numeric_limits<int32_t>::max());
  const Result<Y> result(random);
  const auto shift = random.value<uint8_t>(1, 45);
  std::vector<int64_t> expected;
  for (X v : x)
    expected.push_back(result.rounded(__int128{v - zero} * mult, __int128{1} << shift));
  std::vector<Y> y(x.size());
  INFO(random.seed() << " " << kernelName<X>("qclamp") << "_" << TypeName<Y>::suffix << " " << mult << " " << +shift);
  call(kernelName<X>("qclamp") + "_" + TypeName<Y>::suffix, x.data(), y.data(), static_cast<uint32_t>(x.size()), zero,
       mult, shift, result.zero, result.lo, result.hi);
  REQUIRE(difference(y, expected) == "");
}

/// Sums of type S, in and around the range that 32 bits hold, and ties.
template <typename S, typename Y> void checkRescale(uint32_t salt) {
  Random random(salt);
  std::vector<S> acc = random.integers<S>(100);
  std::vector<int32_t> mult;
  std::vector<uint8_t> shift;
  const Result<Y> result(random);
  std::vector<int64_t> expected;
  for (S &v : acc) {
    if constexpr (sizeof(S) == 8)
      v = random.chance(0.2) ? random.integer(-5, 5) + (random.chance(0.5) ? 1LL << 31 : -(1LL << 31))
                             : v >> random.integer(3, 40);
    shift.push_back(random.value<uint8_t>(1, 62));
    mult.push_back(shift.back() <= 32 || random.chance(0.5) ? random.value<int32_t>(1 << 30, 0x7fffffff)
                                                            : random.value<int32_t>(0, 0x7fffffff));
    if (random.chance(0.2)) { // an exact half, or as near as can be
      mult.back() = 1 << 30;
      shift.back() = random.value<uint8_t>(33, 50);
      const S unit = S{1} << std::min(static_cast<int>(sizeof(S) * 8) - 18, shift.back() - 30);
      v = static_cast<S>(random.integer(-60000, 60000) * unit + unit / 2 + random.integer(-1, 1));
    }
    expected.push_back(result.rounded(__int128{v} * mult.back(), __int128{1} << shift.back()));
  }
  std::vector<Y> y(acc.size());
  INFO(random.seed() << " salt " << salt);
  call(kernelName<S>("rescale") + "_" + TypeName<Y>::suffix, acc.data(), mult.data(), shift.data(), 1u, result.zero,
       result.lo, result.hi, y.data(), static_cast<uint32_t>(acc.size()));
  REQUIRE(difference(y, expected) == "");
}

} // namespace

TEMPLATE_TEST_CASE("sums and products with 16 bits", "[quant]", int8_t, uint8_t, int16_t, uint16_t) {
  for (uint32_t round = 0; round < 40; ++round) {
    checkSums<TestType, int8_t>(20 * round);
    checkSums<TestType, uint8_t>(20 * round + 4);
    checkSums<TestType, int16_t>(20 * round + 8);
    checkSums<TestType, uint16_t>(20 * round + 12);
  }
}

TEMPLATE_TEST_CASE("rescaling and clamping 16 bits", "[quant]", int8_t, uint8_t, int16_t, uint16_t) {
  for (uint32_t round = 0; round < 100; ++round) {
    checkClamp<int16_t, TestType>(round);
    checkClamp<uint16_t, TestType>(1000 + round);
    checkRescale<int32_t, TestType>(2000 + round);
    checkRescale<int64_t, TestType>(3000 + round);
  }
}

TEST_CASE("lookup of 16 bits", "[quant]") {
  std::array<uint16_t, 256> table;
  for (int i = 0; i < 256; ++i)
    table[i] = static_cast<uint16_t>(65535 - 257 * i);
  const uint8_t x[] = {0, 1, 255};
  std::vector<uint16_t> y(3);
  call("brn_lookup_8_16", x, table.data(), y.data(), 3u);
  CHECK(y == std::vector<uint16_t>{65535, 65278, 0});
}

namespace {

template <typename X, typename Y> void checkPieces(uint32_t salt) {
  Random random(salt);
  const uint32_t pieces = salt == 0 ? 1 : random.size(1, 40);
  std::vector<uint16_t> start = {0};
  while (start.size() < pieces)
    start.push_back(random.value<uint16_t>(1, 65535));
  std::sort(start.begin(), start.end());
  start.erase(std::unique(start.begin(), start.end()), start.end());
  const auto n = static_cast<uint32_t>(start.size());
  std::vector<int32_t> base, slope;
  for (uint32_t k = 0; k < n; ++k) {
    base.push_back(random.value<int32_t>(-(1 << 30), 1 << 30));
    slope.push_back(random.chance(0.3) ? random.integers<int32_t>(1)[0] : random.value<int32_t>(-(1 << 24), 1 << 24));
  }
  std::vector<X> x = random.integers<X>(300);
  for (uint16_t s : start)
    for (int around : {-1, 0, 1})
      x.push_back(static_cast<X>(std::clamp(s + around, 0, 65535) + std::numeric_limits<X>::min()));
  const Result<Y> result(random);
  std::vector<int64_t> expected;
  for (X v : x) {
    const int64_t d = int64_t{v} - std::numeric_limits<X>::min();
    std::size_t k = 0;
    while (k + 1 < n && start[k + 1] <= d)
      ++k;
    const __int128 sum = __int128{base[k]} * 1024 + __int128{slope[k]} * (d - start[k]);
    expected.push_back(static_cast<int64_t>(std::clamp<__int128>(roundedQuotient(sum, 1 << 24), result.lo, result.hi)));
  }
  std::vector<Y> y(x.size());
  INFO(random.seed() << " salt " << salt);
  call(kernelName<X>("piecewise") + "_" + TypeName<Y>::suffix, x.data(), start.data(), base.data(), slope.data(), n,
       y.data(), static_cast<uint32_t>(x.size()), result.lo, result.hi);
  REQUIRE(difference(y, expected) == "");
}

/// The formula of the docstring in wider integers.
template <typename X, typename Y> void checkSoftmax(uint32_t salt) {
  Random random(salt);
  const uint32_t n = salt % 50 == 0 ? 1 : random.size(2, 300), step = random.size(1, 3);
  const long double scale = sizeof(X) == 1 ? random.real(0.005, 0.3) : random.real(2e-5, 2e-3);
  std::array<uint32_t, 256> coarse, fine;
  for (int d = 0; d < 256; ++d) {
    coarse[d] = static_cast<uint32_t>(std::llround(std::ldexp(std::exp(-scale * 256 * d), 30)));
    fine[d] = static_cast<uint32_t>(std::llround(std::ldexp(std::exp(-scale * d), 31)));
  }
  const int64_t inverse = random.integer(int64_t{1} << 61, (int64_t{1} << 62) - 1);
  const uint32_t shift = random.size(40, 63);
  const Result<Y> result(random);
  const auto x = random.integers<X>(n * step);
  int32_t top = std::numeric_limits<X>::min();
  for (uint32_t i = 0; i < n; ++i)
    top = std::max<int32_t>(top, x[i * step]);
  std::vector<__int128> terms;
  __int128 sum = 0;
  for (uint32_t i = 0; i < n; ++i) {
    const int d = top - x[i * step];
    terms.push_back((__int128{coarse[d / 256]} * fine[d % 256] + (1 << 30)) / (__int128{1} << 31));
    sum += terms.back();
  }
  // 1 / (scale * sum) to 31 bits: within 2^-29 of it, so that q is within 2^-12 of a step.
  std::vector<Y> y(x.size(), Y(3));
  INFO(random.seed() << " salt " << salt << " n " << n << " step " << step << " shift " << shift);
  call(kernelName<X>("qsoftmax_wide") + "_" + TypeName<Y>::suffix, x.data(), step, y.data(), n, coarse.data(),
       fine.data(), inverse, shift, result.zero, result.lo, result.hi);
  for (uint32_t i = 0; i < n; ++i) {
    const long double real = std::ldexp(static_cast<long double>(terms[i]) / static_cast<long double>(sum) *
                                            static_cast<long double>(inverse),
                                        -static_cast<int>(shift));
    const long double clamped = std::clamp<long double>(real + result.zero, result.lo, result.hi);
    const long double tolerance = 0.5L + std::min(real, 70000.0L) * 0x1p-29L;
    REQUIRE(std::abs(clamped - y[i * step]) <= tolerance);
  }
  for (std::size_t i = 0; i < y.size(); ++i)
    if (i % step != 0)
      REQUIRE(y[i] == Y(3));
}

} // namespace

TEMPLATE_TEST_CASE("functions in pieces", "[quant]", int8_t, uint8_t, int16_t, uint16_t) {
  for (uint32_t round = 0; round < 60; ++round) {
    checkPieces<int16_t, TestType>(round);
    checkPieces<uint16_t, TestType>(1000 + round);
  }
}

TEMPLATE_TEST_CASE("softmax with 16 bits", "[quant]", int16_t, uint16_t) {
  for (uint32_t round = 0; round < 100; ++round) {
    checkSoftmax<int8_t, TestType>(round);
    checkSoftmax<uint8_t, TestType>(1000 + round);
    checkSoftmax<int16_t, TestType>(2000 + round);
    checkSoftmax<uint16_t, TestType>(3000 + round);
    checkSoftmax<TestType, int8_t>(4000 + round);
    checkSoftmax<TestType, uint8_t>(5000 + round);
  }
}
