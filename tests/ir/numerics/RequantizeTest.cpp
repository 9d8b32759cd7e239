#include "ir/numerics/Requantize.h"
#include "tests/ir/numerics/Oracle.h"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace burin::numerics;

namespace {

constexpr int32_t int32Min = std::numeric_limits<int32_t>::min(), int32Max = std::numeric_limits<int32_t>::max();

struct Case {
  float scale;
  int64_t accMin, accMax;
  int32_t zero, lo, hi;
};

/// int8, uint8 and sometimes a narrower clamp, with a zero point in the storage's range.
Case randomCase(std::mt19937_64 &random, int64_t span) {
  Case c{};
  const int32_t offset = random() % 2 ? -128 : 0;
  c.lo = offset;
  c.hi = offset + 255;
  c.zero = static_cast<int32_t>(oracle::randomInt(random, c.lo, c.hi));
  if (random() % 4 == 0)
    c.lo = c.zero; // ReLU
  if (random() % 4 == 0)
    c.hi = static_cast<int32_t>(oracle::randomInt(random, c.lo, c.hi));
  c.accMin = oracle::randomInt(random, -span, 0);
  c.accMax = oracle::randomInt(random, c.accMin, c.accMin + span);
  const int bits = static_cast<int>(std::log2(static_cast<double>(span)));
  c.scale = oracle::randomScale(random, std::max(-40, 4 - bits), 1 + 6 - std::min(bits, 6));
  return c;
}

bool agrees(const Case &c, Multiplier m, int64_t acc) {
  return oracle::byMultiplier(acc, m.mult, m.shift, c.zero, c.lo, c.hi) ==
         requantizeF32(static_cast<int32_t>(acc), c.scale, c.zero, c.lo, c.hi);
}

/// As the kernels need it: the rounded product fits 32 bits.
bool isLegal(const Case &c, Multiplier m) {
  auto fits = [&](int64_t acc) {
    const oracle::Wide rounded = oracle::roundedQuotient(oracle::Wide{acc} * m.mult, oracle::Wide{1} << m.shift);
    return rounded >= int32Min && rounded <= int32Max;
  };
  return m.mult > 0 && m.shift >= 1 && m.shift <= 62 && fits(c.accMin) && fits(c.accMax);
}

bool isExactForm(Multiplier m, float scale) { return !m.proven() && m.mult == std::bit_cast<int32_t>(scale); }

void checkCase(const Case &c, Multiplier m, const std::vector<int64_t> &accs) {
  CAPTURE(c.scale, c.accMin, c.accMax, c.zero, c.lo, c.hi, m.mult, int{m.shift});
  if (!m.proven()) {
    CHECK(isExactForm(m, c.scale));
    return;
  }
  CHECK(isLegal(c, m));
  const auto wrong = std::find_if_not(accs.begin(), accs.end(), [&](int64_t acc) { return agrees(c, m, acc); });
  CHECK(wrong == accs.end());
}

std::vector<int64_t> allOf(const Case &c) {
  std::vector<int64_t> accs;
  for (int64_t acc = c.accMin; acc <= c.accMax; ++acc)
    accs.push_back(acc);
  return accs;
}

/// Both ends, random ones, and all within 2 of a place where the definition changes (found by plain bisection).
std::vector<int64_t> interestingOf(const Case &c, std::mt19937_64 &random) {
  std::vector<int64_t> accs{c.accMin, c.accMax};
  for (int i = 0; i < 1000; ++i)
    accs.push_back(oracle::randomInt(random, c.accMin, c.accMax));
  for (int64_t q = c.lo; q <= c.hi; ++q) {
    int64_t below = c.accMin - 1, reached = c.accMax + 1;
    while (reached - below > 1) {
      const int64_t middle = (below + reached) >> 1;
      (oracle::requantize(middle, c.scale, c.zero, c.lo, c.hi) >= q ? reached : below) = middle;
    }
    for (int64_t acc = reached - 2; acc <= reached + 2; ++acc)
      if (acc >= c.accMin && acc <= c.accMax)
        accs.push_back(acc);
  }
  return accs;
}

/// How many of the random cases got a proven multiplier.
int checkRandom(int cases, int64_t span, bool exhaustive) {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed() + static_cast<uint64_t>(span));
  int proven = 0;
  for (int i = 0; i < cases; ++i) {
    const Case c = randomCase(random, span);
    const Multiplier m = solveMultiplier(c.scale, c.accMin, c.accMax, c.zero, c.lo, c.hi);
    proven += m.proven();
    checkCase(c, m, exhaustive ? allOf(c) : interestingOf(c, random));
  }
  return proven;
}

} // namespace

TEST_CASE("shift rounds half to even") {
  CHECK(roundHalfEvenShift(5, 0) == 5);
  CHECK(roundHalfEvenShift(1, 1) == 0);
  CHECK(roundHalfEvenShift(3, 1) == 2);
  CHECK(roundHalfEvenShift(-1, 1) == 0);
  CHECK(roundHalfEvenShift(-3, 1) == -2);
  CHECK(roundHalfEvenShift(-5, 1) == -2);
  CHECK(roundHalfEvenShift(-7, 2) == -2);
  CHECK(roundHalfEvenShift(6, 2) == 2);
  CHECK(roundHalfEvenShift(10, 2) == 2);
  CHECK(roundHalfEvenShift(std::numeric_limits<int64_t>::max(), 62) == 2);
  CHECK(roundHalfEvenShift(std::numeric_limits<int64_t>::min(), 62) == -2);
}

TEST_CASE("definition: ties, clamps and both float roundings") {
  CHECK(requantizeF32(1, 0.5f, 0, -128, 127) == 0);
  CHECK(requantizeF32(3, 0.5f, 0, -128, 127) == 2);
  CHECK(requantizeF32(5, 0.5f, 0, -128, 127) == 2);
  CHECK(requantizeF32(-3, 0.5f, 0, -128, 127) == -2);
  CHECK(requantizeF32(5, 0.5f, 3, -128, 127) == 5); // the zero point comes after rounding
  CHECK(requantizeF32(1000, 0.5f, -10, -128, 127) == 127);
  CHECK(requantizeF32(-1000, 0.5f, 10, -128, 127) == -128);
  CHECK(requantizeF32(100, 1.0f, 0, 0, 6) == 6);
  // f32(2^24 + 1) = 2^24.
  CHECK(requantizeF32(16777217, 1.0f, 0, int32Min, int32Max) == 16777216);
  CHECK(requantizeF32(16777219, 1.0f, 0, int32Min, int32Max) == 16777220);
  // 0x1.555556p-3 is above 1/6, and three times it above 1/2, yet the product rounds to 1/2, and that to 0.
  CHECK(requantizeF32(3, 0x1.555556p-3f, 0, -128, 127) == 0);
  CHECK(requantizeF32(int32Max, std::numeric_limits<float>::max(), 0, -128, 127) == 127);
  CHECK(requantizeF32(int32Min, std::numeric_limits<float>::max(), int32Max, -128, 127) == -128);
  CHECK(requantizeF32(int32Min, 1.0f, int32Max, int32Min, int32Max) == -1);
  CHECK(requantizeF32(int32Max, 0.0f, 5, -128, 127) == 5);
}

TEST_CASE("definition equals the formula in integers") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 1000000; ++i) {
    const int bits = static_cast<int>(oracle::randomInt(random, 1, 31));
    const auto acc = static_cast<int32_t>(oracle::randomInt(random, -(int64_t{1} << bits), (int64_t{1} << bits) - 1));
    // Mostly scales that bring acc near the output's range, some anywhere, subnormal ones too.
    float scale = oracle::randomScale(random, 4 - bits, 9 - bits);
    if (i % 8 == 0)
      scale = oracle::randomScale(random, -126, 90);
    if (i % 64 == 0)
      scale = std::bit_cast<float>(static_cast<uint32_t>(random() & 0x7FFFFF));
    const auto zero = static_cast<int32_t>(oracle::randomInt(random, -128, 127));
    const int32_t expected = oracle::requantize(acc, scale, zero, -128, 127);
    if (requantizeF32(acc, scale, zero, -128, 127) != expected) {
      CAPTURE(acc, scale, zero, expected);
      REQUIRE(requantizeF32(acc, scale, zero, -128, 127) == expected);
    }
  }
}

TEST_CASE("requantize follows the form of the multiplier") {
  CHECK(requantize(3, {1, 1}, 10, -128, 127) == 12);
  CHECK(requantize(int32Min, {int32Max, 62}, 0, -128, 127) == -1);
  CHECK(requantize(3, {std::bit_cast<int32_t>(0x1.555556p-3f), 255}, 7, -128, 127) == 7);
}

TEST_CASE("multipliers are right for every accumulator") {
  CHECK(checkRandom(1500, 100, true) > 1000);
  CHECK(checkRandom(1000, 5000, true) > 700);
  CHECK(checkRandom(100, 1 << 17, true) > 70);
}

TEST_CASE("multipliers are right at the thresholds of long ranges") {
  CHECK(checkRandom(300, 1 << 22, false) > 150);
  CHECK(checkRandom(300, int64_t{1} << 30, false) > 150);
}

TEST_CASE("multipliers are right for every accumulator, at length", "[.full]") {
  CHECK(checkRandom(50000, 300, true) > 35000);
  CHECK(checkRandom(5000, 1 << 17, true) > 3500);
  CHECK(checkRandom(10000, 1 << 24, false) > 7000);
}

TEST_CASE("no multiplier exists: two thresholds contradict each other") {
  // The scale is above 1/6. Its products with 3 and 9 round to 1/2 and 3/2, so q(3) = 0 wants m <= 1/6 and q(9) = 2
  // wants m >= 1/6; and 1/6 is no binary fraction.
  const float scale = 0x1.555556p-3f;
  REQUIRE(oracle::requantize(3, scale, 0, -128, 127) == 0);
  REQUIRE(oracle::requantize(9, scale, 0, -128, 127) == 2);
  CHECK(isExactForm(solveMultiplier(scale, 0, 9, 0, -128, 127), scale));
  CHECK(isExactForm(solveMultiplier(scale, -1000, 1000, 5, -128, 127), scale));
  CHECK(solveMultiplier(scale, 0, 8, 0, -128, 127).proven());
  CHECK(solveMultiplier(scale, 4, 9, 0, -128, 127).proven());
  // Beyond 2^24 the first rounding alone can make it so: f32(2^24 + 1) = 2^24, so 2^24 + 1 must round like 2^24.
  CHECK(isExactForm(solveMultiplier(1.0f, 16777216, 16777219, 0, int32Min, int32Max), 1.0f));
}

TEST_CASE("where the solver finds no multiplier, a plain search finds none") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  int unproven = 0;
  for (int i = 0; i < 2000; ++i) {
    // Floats next to 1/(2n): these meet ties, and miss them by less than the product's rounding.
    const auto denominator = static_cast<float>(2 * oracle::randomInt(random, 1, 50));
    const Case c{static_cast<float>(oracle::randomInt(random, 1, 9)) / denominator, -60, 60, 0, -128, 127};
    const Multiplier m = solveMultiplier(c.scale, c.accMin, c.accMax, c.zero, c.lo, c.hi);
    const std::vector<int64_t> accs = allOf(c);
    checkCase(c, m, accs);
    if (m.proven())
      continue;
    ++unproven;
    for (unsigned shift = 1; shift <= 29; ++shift) {
      const auto centre = static_cast<int64_t>(std::ldexp(c.scale, static_cast<int>(shift)));
      for (int64_t mult = std::max<int64_t>(1, centre - 8); mult <= centre + 8; ++mult) {
        const Multiplier other{static_cast<int32_t>(mult), static_cast<uint8_t>(shift)};
        const bool works = std::all_of(accs.begin(), accs.end(), [&](int64_t acc) { return agrees(c, other, acc); });
        CAPTURE(c.scale, mult, shift);
        REQUIRE_FALSE(works);
      }
    }
  }
  CHECK(unproven > 100);
}

TEST_CASE("the ends of what a scale can be") {
  const float tiny = std::numeric_limits<float>::denorm_min(), huge = std::numeric_limits<float>::max();
  for (const Case &c :
       {Case{0.0f, int32Min, int32Max, 3, -128, 127}, Case{tiny, int32Min, int32Max, -3, -128, 127},
        Case{huge, -1, 1, 0, -128, 127}, Case{huge, -100000, 100000, 0, -128, 127},
        Case{3.0f, -(1 << 29), 1 << 29, 0, -128, 127}, Case{0.25f, 7, 7, 0, -128, 127}, Case{0.25f, 0, 0, 0, -128, 127},
        Case{1.0f, -5, 5, 100, 0, 6}, Case{0.001f, -100000, 100000, 0, 5, 5}}) {
    const Multiplier m = solveMultiplier(c.scale, c.accMin, c.accMax, c.zero, c.lo, c.hi);
    CAPTURE(c.scale, m.mult, int{m.shift});
    CHECK(m.proven());
    CHECK(isLegal(c, m));
    for (int64_t acc : {c.accMin, c.accMin / 2, int64_t{0}, c.accMax / 2, c.accMax})
      if (acc >= c.accMin && acc <= c.accMax)
        CHECK(agrees(c, m, acc));
  }
}

TEST_CASE("a product beyond 32 bits gets the exact form") {
  // 1 must become 128 at least, and then 2^31 - 1 more than 32 bits hold.
  const float huge = 1e9f;
  CHECK(isExactForm(solveMultiplier(huge, 1, int32Max, 0, -128, 127), huge));
}

TEST_CASE("16-bit results") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 20; ++i) {
    const Case c{oracle::randomScale(random, -6, 0), -(1 << 18), 1 << 18, 0, -32768, 32767};
    checkCase(c, solveMultiplier(c.scale, c.accMin, c.accMax, c.zero, c.lo, c.hi), allOf(c));
  }
  // Too many thresholds to try.
  CHECK(isExactForm(solveMultiplier(1.0f, int32Min, int32Max, 0, int32Min, int32Max), 1.0f));
}

TEST_CASE("a bias between steps is that of real numbers, for every accumulator") {
  std::mt19937_64 random(7);
  auto between = [&](int64_t lo, int64_t hi) { return std::uniform_int_distribution<int64_t>(lo, hi)(random); };
  for (int round = 0; round < 300; ++round) {
    // scale = numerator / 2^bits and rest = part / 1024 exactly.
    const int bits = static_cast<int>(between(12, 30));
    const int64_t numerator = between(1, int64_t{1} << std::min(bits - 2, 24)), part = between(-512, 512);
    const auto zero = static_cast<int32_t>(between(-40, 40));
    const int32_t lo = round % 3 == 0 ? -8 : -128, hi = round % 3 == 0 ? 7 : 127;
    const double scale = std::ldexp(static_cast<double>(numerator), -bits);
    const auto reach = static_cast<int64_t>(300 / scale) + 2, most = std::min<int64_t>(reach, 1 << 20);
    const auto m = solveFine(scale, static_cast<double>(part) / 1024, -most, most, zero, lo, hi);
    REQUIRE(m);
    for (int64_t i = 0; i < 3000; ++i) {
      const int64_t acc = most <= 1500 ? std::min(i - most, most) : between(-most, most);
      // (acc + part / 1024) * numerator / 2^bits, rounded half to even: twice the distance from the floor tells.
      const __int128 value = (__int128{acc} * 1024 + part) * numerator, one = __int128{1} << (bits + 10);
      const __int128 floor = value / one - (value % one < 0), rest = 2 * (value - floor * one);
      const __int128 rounded = floor + (rest > one || (rest == one && floor % 2 != 0));
      const auto expected = std::clamp<__int128>(rounded + zero, lo, hi);
      const int64_t got = std::clamp<int64_t>(roundHalfEvenShift(acc * m->mult + m->offset, m->shift) + zero, lo, hi);
      INFO(round << ": acc " << acc << " numerator " << numerator << " bits " << bits << " part " << part);
      REQUIRE(got == static_cast<int64_t>(expected));
    }
  }
}
