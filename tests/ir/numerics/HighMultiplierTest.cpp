#include "ir/numerics/HighMultiplier.h"
#include "ir/numerics/Requantize.h"
#include "tests/ir/numerics/Oracle.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace burin::numerics;

namespace {

/// clamp(floor((floor(acc * mult / 2^32) + offset) / 2^shift), lo, hi), from the formula.
int32_t byFloors(int64_t acc, int32_t mult, HighScale s, int32_t lo, int32_t hi) {
  const auto floorOf = [](oracle::Wide a, int bits) {
    const oracle::Wide unit = oracle::Wide{1} << bits;
    return a >= 0 ? a / unit : -((-a + unit - 1) / unit);
  };
  const oracle::Wide q = floorOf(floorOf(oracle::Wide{acc} * mult, 32) + s.offset, s.shift);
  return q < lo ? lo : q > hi ? hi : static_cast<int32_t>(q);
}

} // namespace

TEST_CASE("high multipliers give the definition for every accumulator") {
  std::mt19937_64 random(7);
  int withExceptions = 0, unsolved = 0;
  for (int i = 0; i < 200; ++i) {
    const double maxScale = std::ldexp(1.0 + oracle::randomInt(random, 0, 1000) / 1001.0, -3 - i % 9);
    const auto scale = static_cast<float>(maxScale * (1 + oracle::randomInt(random, 0, 255)) / 256);
    const int64_t reach = oracle::randomInt(random, 1, 60000);
    const int32_t lo = i % 2 ? -128 : 0, hi = lo + 255;
    const auto zero = static_cast<int32_t>(oracle::randomInt(random, lo, hi));
    const auto common = highScale(maxScale, maxScale * static_cast<double>(reach), zero);
    REQUIRE(common);
    const auto definition = [&](int64_t acc) { return requantizeF32(static_cast<int32_t>(acc), scale, zero, lo, hi); };
    const auto high = solveHigh(definition, scale, *common, -reach, reach, zero, lo, hi, 8);
    if (!high) { // a scale of 1/176 makes every other threshold a tie that falls
      ++unsolved;
      continue;
    }
    withExceptions += !high->exceptions.empty();
    CAPTURE(scale, reach, zero, high->mult, common->offset, int{common->shift});
    REQUIRE(high->mult > 0);
    size_t next = 0; // of the exceptions, which are in order
    for (int64_t acc = -reach; acc <= reach; ++acc) {
      const int32_t wanted = definition(acc);
      const bool isException = next < high->exceptions.size() && high->exceptions[next].first == acc;
      const int32_t given = isException ? high->exceptions[next++].second : byFloors(acc, high->mult, *common, lo, hi);
      if (given != wanted ||
          (!isException && requantizeHigh(static_cast<int32_t>(acc), high->mult, *common, lo, hi) != wanted)) {
        CAPTURE(acc, isException);
        REQUIRE(given == wanted);
        REQUIRE(requantizeHigh(static_cast<int32_t>(acc), high->mult, *common, lo, hi) == wanted);
      }
    }
    CHECK(next == high->exceptions.size());
  }
  CHECK(withExceptions > 0); // float rounding makes some
  CHECK(withExceptions < 100);
  CHECK(unsolved < 3);
}

TEST_CASE("high scales: the finest that fits, none for scales from 1/4 on") {
  CHECK_FALSE(highScale(0.25, 1.0, 0));
  CHECK(highScale(0.2499, 1.0, 0)->shift == 1);
  for (double maxScale : {0.2, 0.01, 1e-4, 1e-8}) {
    const HighScale s = *highScale(maxScale, 300, -128);
    CHECK(std::ldexp(maxScale, 32 + s.shift) < 0x1p31);
    CHECK(s.offset == -128 * (1 << s.shift) + (1 << (s.shift - 1)));
    CHECK((s.shift == 21 || std::ldexp(maxScale, 33 + s.shift) >= 0x1p31));
  }
  CHECK(highScale(1e-8, 0x1p28, 0)->shift == 1); // the result itself needs the bits
}

TEST_CASE("high multipliers: a function that no line gives has none") {
  const auto jumps = [](int64_t acc) { return acc < 10 ? 0 : acc < 11 ? 50 : 51; };
  CHECK_FALSE(solveHigh(jumps, 0.1, *highScale(0.1, 10, 0), -100, 100, 0, -128, 127, 8));
}

TEST_CASE("high sums give the definition for every pair of bytes") {
  std::mt19937_64 random(11);
  int proven = 0;
  constexpr int cases = 60;
  for (int i = 0; i < cases; ++i) {
    const int32_t lo = i % 2 ? -128 : 0, hi = lo + 255;
    const auto scale = [&] {
      return static_cast<float>(std::ldexp(1.0 + oracle::randomInt(random, 0, 1000) / 1001.0, -3));
    };
    const auto zero = [&] { return static_cast<int32_t>(oracle::randomInt(random, lo, hi)); };
    const float sa = scale(), sb = scale(), sy = scale();
    const int32_t za = zero(), zb = zero(), zy = zero(), sign = i % 3 ? 1 : -1;
    const auto definition = [&](int32_t a, int32_t b) { // exact: quotients of floats with few bits
      const long double sum =
          (static_cast<long double>(sa) * (a - za) + sign * static_cast<long double>(sb) * (b - zb)) / sy;
      return static_cast<int32_t>(std::clamp<long double>(std::nearbyint(sum) + zy, lo, hi));
    };
    const auto sum = solveHighSum(definition, static_cast<double>(sa) / sy, sign * static_cast<double>(sb) / sy, za, zb,
                                  zy, lo, hi, lo, hi);
    if (!sum)
      continue;
    ++proven;
    CAPTURE(sa, sb, sy, za, zb, zy, sign);
    for (int32_t a = lo; a <= hi; ++a)
      for (int32_t b = lo; b <= hi; ++b) {
        // As the kernel has it, in 32 bits.
        const auto part = [](int32_t v, int32_t mult) {
          return static_cast<int32_t>((int64_t{v * 0x800000} * mult) >> 32);
        };
        const int64_t s = int64_t{part(a, sum->aMult)} + part(b, sum->bMult) + sum->offset;
        if (std::clamp(static_cast<int32_t>(s) >> sum->shift, lo, hi) != definition(a, b) ||
            s != static_cast<int32_t>(s))
          FAIL(a << " and " << b);
      }
  }
  CHECK(proven > cases / 2);
}

TEST_CASE("high sums: none where ties go to even, or where a sum has no room") {
  const auto half = [](int32_t a, int32_t b) { return static_cast<int32_t>(std::nearbyint((a + b) / 2.0)); };
  CHECK_FALSE(solveHighSum(half, 0.5, 0.5, 0, 0, 0, -128, 127, -128, 127));
  const auto huge = [](int32_t a, int32_t) { return a > 0 ? 127 : -128; };
  CHECK_FALSE(solveHighSum(huge, 1e8, 1.0, 0, 0, 0, -128, 127, -128, 127));
}
