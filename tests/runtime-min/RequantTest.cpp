// Requantisation: both forms of multipliers against their definitions.
#include "tests/reference/Rounding.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

#include <bit>

using namespace burin::test;
using namespace burin::reference;

namespace {

/// One accumulator through the kernel with the exact form: 8 bits of the result, from each side of the range.
int32_t byFloatForm(int32_t acc, float scale, int32_t zero, int32_t lo, int32_t hi) {
  const int32_t mult = std::bit_cast<int32_t>(scale);
  const uint8_t shift = 255;
  if (lo < 0) {
    int8_t y = 0;
    call("brn_requant_s8", &acc, &mult, &shift, 0u, zero, lo, hi, &y, 1u);
    return y;
  }
  uint8_t y = 0;
  call("brn_requant_u8", &acc, &mult, &shift, 0u, zero, lo, hi, &y, 1u);
  return y;
}

/// Many accumulators of one scale at once.
void checkFloatForm(const std::vector<int32_t> &acc, float scale, int32_t zero) {
  const int32_t mult = std::bit_cast<int32_t>(scale);
  const uint8_t shift = 255;
  std::vector<int8_t> y(acc.size());
  std::vector<int64_t> expected;
  for (int32_t a : acc)
    expected.push_back(requantizedByFloat(a, scale, zero, -128, 127));
  call("brn_requant_s8", acc.data(), &mult, &shift, 0u, zero, -128, 127, y.data(), static_cast<uint32_t>(acc.size()));
  INFO("scale bits " << std::hex << mult << std::dec << " zero " << zero);
  REQUIRE(difference(y, expected) == "");
}

std::vector<int32_t> extremeAccumulators() {
  std::vector<int32_t> acc = {
      0, 1, -1, 2, 3, 127, -128, std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()};
  for (int bit = 22; bit < 31; ++bit)
    for (int32_t near : {-3, -2, -1, 0, 1, 2, 3, 63, 64, 65, 127, 128, 129})
      for (int32_t sign : {1, -1})
        acc.push_back(sign * ((1 << bit) + near));
  return acc;
}

} // namespace

TEST_CASE("the exact form is float arithmetic, bit by bit", "[requant]") {
  Random random(1);
  INFO(random.seed());
  for (int round = 0; round < 400; ++round) {
    const float scale = static_cast<float>(std::exp2(random.real(-31, 1)));
    std::vector<int32_t> acc = extremeAccumulators();
    for (int i = 0; i < 300; ++i) { // around where results are small enough to differ
      const double target = random.real(-140, 140);
      acc.push_back(static_cast<int32_t>(std::clamp(target / static_cast<double>(scale), -2147483648.0, 2147483647.0)));
    }
    for (int i = 0; i < 100; ++i)
      acc.push_back(random.integers<int32_t>(1)[0]);
    checkFloatForm(acc, scale, random.value<int32_t>(-128, 127));
  }
}

TEST_CASE("the exact form meets ties", "[requant]") {
  for (const float scale :
       {0.5f, 0.25f, 0.0078125f, 0.75f, 1.5f, std::nextafter(0.5f, 0.f), std::nextafter(0.5f, 1.f)}) {
    std::vector<int32_t> acc;
    for (int32_t a = -1000; a <= 1000; ++a)
      acc.push_back(a);
    checkFloatForm(acc, scale, 0);
    checkFloatForm(acc, scale, -3);
  }
}

TEST_CASE("the exact form takes every float scale", "[requant]") {
  const std::vector<int32_t> acc = extremeAccumulators();
  for (const float scale : {std::numeric_limits<float>::denorm_min(), 1e-42f, std::numeric_limits<float>::min(), 1e-20f,
                            1e-9f, 1.f, 3e7f, 1e20f, std::numeric_limits<float>::max()})
    checkFloatForm(acc, scale, 0);
}

TEST_CASE("the clamp holds with any zero point", "[requant]") {
  const int32_t most = std::numeric_limits<int32_t>::max(), least = std::numeric_limits<int32_t>::min();
  CHECK(byFloatForm(most, 1e9f, 127, -128, 127) == 127);
  CHECK(byFloatForm(least, 1e9f, -128, -128, 127) == -128);
  CHECK(byFloatForm(most, 1e9f, 255, 0, 255) == 255);
  CHECK(byFloatForm(least, 1e9f, 0, 0, 255) == 0);
  CHECK(byFloatForm(-5, 1.f, 10, 7, 9) == 7);
  CHECK(byFloatForm(0, 1.f, 10, 7, 9) == 9);
  CHECK(byFloatForm(-2, 1.f, 10, 7, 9) == 8);
}

template <typename Y> static void checkIntegerForm(uint32_t salt) {
  Random random(salt);
  INFO(random.seed() << " salt " << salt);
  const uint32_t n = 200;
  std::vector<int32_t> acc, mult;
  std::vector<uint8_t> shift;
  std::vector<int64_t> expected;
  const int32_t lo = std::numeric_limits<Y>::min(), hi = std::numeric_limits<Y>::max();
  const int32_t zero = random.value<int32_t>(lo, hi);
  for (uint32_t i = 0; i < n; ++i) {
    shift.push_back(static_cast<uint8_t>(random.integer(1, 62)));
    mult.push_back(random.value<int32_t>(1, std::numeric_limits<int32_t>::max()));
    const double reach = std::ldexp(1.0, shift.back()) / mult.back();
    const double bound = std::min(2e9, 300 * reach);
    acc.push_back(static_cast<int32_t>(random.real(-bound, bound)));
    if (random.chance(0.3)) { // a tie: an odd multiple of half a step
      mult.back() = 1 << random.integer(0, std::min<int>(30, shift.back() - 1));
      const int64_t half = (int64_t{1} << (shift.back() - 1)) / mult.back();
      acc.back() = half < 1000000 ? static_cast<int32_t>(half * (2 * random.integer(-150, 150) + 1)) : 0;
    }
    const __int128 q = roundedQuotient(static_cast<__int128>(acc[i]) * mult[i], static_cast<__int128>(1) << shift[i]);
    expected.push_back(static_cast<int64_t>(std::clamp<__int128>(q + zero, lo, hi)));
  }
  std::vector<Y> y(n);
  call(kernelName<Y>("requant"), acc.data(), mult.data(), shift.data(), 1u, zero, lo, hi, y.data(), n);
  REQUIRE(difference(y, expected) == "");
}

TEST_CASE("the integer form rounds half to even", "[requant]") {
  for (uint32_t round = 0; round < 100; ++round) {
    checkIntegerForm<int8_t>(round);
    checkIntegerForm<uint8_t>(1000 + round);
  }
}
