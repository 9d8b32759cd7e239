#include "ir/numerics/Requantize.h"
#include "tests/ir/numerics/Oracle.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace burin::numerics;
using oracle::Wide;

namespace {

struct Case {
  float sa, sb, sy;
  int32_t za, zb, zy;
  int32_t lo, hi, qmin, qmax;
};

bool fits64(Wide value) {
  return value <= std::numeric_limits<int64_t>::max() && value >= std::numeric_limits<int64_t>::min();
}

/// The real quotient, rounded. Scales whose exponents differ by less than 50.
int32_t expectedSum(const Case &c, int32_t a, int32_t b) {
  const oracle::Decoded x = oracle::decode(c.sa), y = oracle::decode(c.sb), z = oracle::decode(c.sy);
  const int least = std::min({x.exponent, y.exponent, z.exponent});
  const Wide num =
      (Wide{x.mantissa} << (x.exponent - least)) * (a - c.za) + (Wide{y.mantissa} << (y.exponent - least)) * (b - c.zb);
  return oracle::clamped(oracle::roundedQuotient(num, Wide{z.mantissa} << (z.exponent - least)) + c.zy, c.lo, c.hi);
}

int32_t expectedProduct(const Case &c, int32_t a, int32_t b) {
  const oracle::Decoded x = oracle::decode(c.sa), y = oracle::decode(c.sb), z = oracle::decode(c.sy);
  const int exponent = x.exponent + y.exponent - z.exponent;
  Wide num = Wide{x.mantissa} * y.mantissa * (a - c.za) * (b - c.zb), den = z.mantissa;
  (exponent > 0 ? num : den) <<= std::abs(exponent);
  return oracle::clamped(oracle::roundedQuotient(num, den) + c.zy, c.lo, c.hi);
}

/// What a kernel gives with `p`, checking that nothing exceeds 64 bits on the way.
int32_t kernelSum(const Case &c, const AddParams &p, int32_t a, int32_t b) {
  const Wide da = a - c.za, db = b - c.zb;
  const Wide num = p.exact ? da * p.aNum + db * p.bNum : da * p.aMult + db * p.bMult;
  const Wide den = p.exact ? Wide{p.den} : Wide{1} << p.shift;
  if (!fits64(num) || !fits64(num + den / 2))
    return std::numeric_limits<int32_t>::min();
  return oracle::clamped(oracle::roundedQuotient(num, den) + c.zy, c.lo, c.hi);
}

int32_t kernelProduct(const Case &c, const MulParams &p, int32_t a, int32_t b) {
  const Wide num = Wide{a - c.za} * (b - c.zb) * (p.exact ? p.num : p.mult);
  const Wide den = p.exact ? Wide{p.den} : Wide{1} << p.shift;
  if (!fits64(num))
    return std::numeric_limits<int32_t>::min();
  return oracle::clamped(oracle::roundedQuotient(num, den) + c.zy, c.lo, c.hi);
}

template <typename Expected, typename Kernel, typename Params>
int wrongPairs(const Case &c, const Params &p, Expected expected, Kernel kernel) {
  int wrong = 0;
  for (int32_t a = c.qmin; a <= c.qmax; ++a)
    for (int32_t b = c.qmin; b <= c.qmax; ++b)
      wrong += kernel(c, p, a, b) != expected(c, a, b);
  return wrong;
}

AddParams checkAdd(const Case &c) {
  CAPTURE(c.sa, c.za, c.sb, c.zb, c.sy, c.zy, c.lo, c.hi, c.qmin, c.qmax);
  const auto p = solveAdd(c.sa, c.za, c.sb, c.zb, c.sy, c.zy, c.lo, c.hi, c.qmin, c.qmax);
  REQUIRE(p);
  CAPTURE(p->exact, p->aMult, p->bMult, p->shift, p->aNum, p->bNum, p->den);
  if (p->exact) {
    CHECK((p->aMult == 0 && p->bMult == 0 && p->shift == 0));
    CHECK((p->aNum > 0 && p->bNum > 0 && p->den > 0));
    CHECK((p->aNum >> 53 == 0 && p->bNum >> 53 == 0 && p->den >> 62 == 0));
  } else {
    CHECK((p->aNum == 0 && p->bNum == 0 && p->den == 0));
    CHECK((p->aMult >= 0 && p->bMult >= 0 && p->shift >= 1 && p->shift <= 62));
  }
  CHECK(wrongPairs(c, *p, expectedSum, kernelSum) == 0);
  return *p;
}

MulParams checkMul(const Case &c) {
  CAPTURE(c.sa, c.za, c.sb, c.zb, c.sy, c.zy, c.lo, c.hi, c.qmin, c.qmax);
  const auto p = solveMul(c.sa, c.za, c.sb, c.zb, c.sy, c.zy, c.lo, c.hi, c.qmin, c.qmax);
  REQUIRE(p);
  CAPTURE(p->exact, p->mult, p->shift, p->num, p->den);
  if (p->exact) {
    CHECK((p->mult == 0 && p->shift == 0));
    CHECK((p->num > 0 && p->den > 0 && p->num >> 45 == 0 && p->den >> 62 == 0));
  } else {
    CHECK((p->num == 0 && p->den == 0));
    CHECK((p->mult > 0 && p->shift >= 1 && p->shift <= 62));
  }
  CHECK(wrongPairs(c, *p, expectedProduct, kernelProduct) == 0);
  return *p;
}

Case randomCase(std::mt19937_64 &random, float sa, float sb, float sy) {
  const int32_t offset = random() % 2 ? -128 : 0;
  auto point = [&] { return static_cast<int32_t>(oracle::randomInt(random, offset, offset + 255)); };
  Case c{sa, sb, sy, point(), point(), point(), offset, offset + 255, offset, offset + 255};
  if (random() % 3 == 0)
    c.lo = c.zy;
  return c;
}

Case int8Case(float sa, float sb, float sy) { return {sa, sb, sy, 0, 0, 0, -128, 127, -128, 127}; }

} // namespace

TEST_CASE("sums with random scales") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  int proven = 0;
  for (int i = 0; i < 200; ++i) {
    const float sa = oracle::randomScale(random, -8, -3), sb = oracle::randomScale(random, -8, -3),
                sy = oracle::randomScale(random, -7, -2);
    proven += !checkAdd(randomCase(random, sa, sb, sy)).exact;
  }
  CHECK(proven > 150);
}

TEST_CASE("sums that meet exact ties") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  auto halves = [&] { return 0.5f * static_cast<float>(oracle::randomInt(random, 1, 12)); };
  int exact = 0;
  for (int i = 0; i < 200; ++i) {
    const float sa = halves(), sb = halves(), sy = halves();
    exact += checkAdd(randomCase(random, sa, sb, sy)).exact;
  }
  CHECK(exact > 10); // sixths, tenths …: no binary multiplier keeps their ties
}

TEST_CASE("sums with known multipliers") {
  const AddParams same = checkAdd(int8Case(0.5f, 0.5f, 0.5f));
  CHECK_FALSE(same.exact);
  CHECK(same.aMult == int64_t{1} << same.shift);
  CHECK(same.bMult == same.aMult);
  const AddParams half = checkAdd(int8Case(0.5f, 0.5f, 1.0f));
  CHECK_FALSE(half.exact);
  CHECK(half.aMult == int64_t{1} << (half.shift - 1));
  // a / 6 + b / 3: ties everywhere, and no binary fraction is 1/6.
  const AddParams sixths = checkAdd(int8Case(0.5f, 1.0f, 3.0f));
  CHECK(sixths.exact);
  CHECK(sixths.aNum == 1);
  CHECK(sixths.bNum == 2);
  CHECK(sixths.den == 6);
}

TEST_CASE("sums of scales far apart") {
  // b can't move the result: no multiplier for it is needed.
  CHECK_FALSE(checkAdd(int8Case(0x1p0f, 0x1p-48f, 0x1p0f)).exact);
  // It decides every tie of a / 2, which its least multiplier does as well.
  CHECK_FALSE(checkAdd(int8Case(0x1p0f, 0x1p-48f, 0x1p1f)).exact);
  // It decides every tie of a / 6, which no multiplier meets; the exact form needs more than 64 bits.
  CHECK_FALSE(solveAdd(0x1p0f, 0, 0x1p-70f, 0, 6.0f, 0, -128, 127, -128, 127));
  CHECK_FALSE(solveAdd(0x1p100f, 0, 0x1p-100f, 0, 1.0f, 0, -128, 127, -128, 127));
  // Everything but 0 saturates.
  checkAdd(int8Case(0x1p20f, 0x1.8p20f, 0x1p-20f));
  checkAdd(int8Case(0x1p-20f, 0x1.8p-20f, 0x1p20f));
}

TEST_CASE("sums over other ranges") {
  checkAdd({0.1f, 0.2f, 0.3f, 0, 128, 10, 10, 200, 0, 255});
  checkAdd({0.1f, 0.2f, 0.3f, -128, -128, -128, -128, 127, 0, 127});
  checkAdd({0.1f, 0.2f, 0.3f, 7, 7, 0, -128, 127, 7, 7});
  // Too many pairs to check: the exact form, which needs no check.
  const auto wide = solveAdd(0.5f, 0, 0.5f, 0, 0.5f, 0, -32768, 32767, -32768, 32767);
  REQUIRE(wide);
  CHECK(wide->exact);
  CHECK((wide->aNum == 1 && wide->bNum == 1 && wide->den == 1));
}

TEST_CASE("products with random scales") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  int proven = 0;
  for (int i = 0; i < 200; ++i) {
    const float sa = oracle::randomScale(random, -8, -2), sb = oracle::randomScale(random, -8, -2),
                sy = oracle::randomScale(random, -9, -3);
    proven += !checkMul(randomCase(random, sa, sb, sy)).exact;
  }
  CHECK(proven > 150);
}

TEST_CASE("products that meet exact ties") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  auto halves = [&] { return 0.5f * static_cast<float>(oracle::randomInt(random, 1, 12)); };
  int exact = 0;
  for (int i = 0; i < 200; ++i) {
    const float sa = halves(), sb = halves(), sy = 32 * halves();
    exact += checkMul(randomCase(random, sa, sb, sy)).exact;
  }
  CHECK(exact > 10);
}

TEST_CASE("products with known multipliers") {
  const MulParams quarter = checkMul(int8Case(0.5f, 0.5f, 1.0f));
  CHECK_FALSE(quarter.exact);
  const MulParams sixth = checkMul(int8Case(0.5f, 1.0f, 3.0f));
  CHECK(sixth.exact);
  CHECK(sixth.num == 1);
  CHECK(sixth.den == 6);
  checkMul({0.1f, 0.2f, 0.3f, 0, 128, 10, 10, 200, 0, 255});
  checkMul(int8Case(0x1p10f, 0x1.8p10f, 0x1p-10f));
  checkMul(int8Case(0x1p-10f, 0x1.8p-10f, 0x1p10f));
  CHECK_FALSE(solveMul(0x1p-100f, 0, 0x1p-20f, 0, 1.0f, 0, -128, 127, -128, 127));
  CHECK_FALSE(solveMul(0x1p50f, 0, 0x1p50f, 0, 1.0f, 0, -128, 127, -128, 127));
}

TEST_CASE("products next to ties") {
  // Closer to 1/6 than 31 bits tell, but never 1/6: each tie falls to one side, so a multiplier exists.
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int found = 0; found < 50;) {
    Case c = int8Case(oracle::randomScale(random, 0, 1), oracle::randomScale(random, 0, 1), 0);
    const double sixfold = 6 * (double{c.sa} * double{c.sb}); // exact: 51 bits
    c.sy = static_cast<float>(sixfold);
    const double distance = std::abs(sixfold - double{c.sy}) / sixfold;
    if (distance == 0 || distance > 0x1p-34)
      continue;
    ++found;
    CHECK_FALSE(checkMul(c).exact);
  }
}

TEST_CASE("products of 16 bits") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 20; ++i) {
    // Scales with few bits: two full significands and a product of 31 bits don't fit together.
    auto scale = [&](int divisor) { return static_cast<float>(oracle::randomInt(random, 1, 4095)) / divisor; };
    const Case c{scale(8192), scale(8192), 64 * scale(8192), 0, 0, 0, -32768, 32767, -32768, 32767};
    CAPTURE(c.sa, c.sb, c.sy);
    const auto p = solveMul(c.sa, c.za, c.sb, c.zb, c.sy, c.zy, c.lo, c.hi, c.qmin, c.qmax);
    REQUIRE(p);
    int wrong = 0;
    for (int j = 0; j < 100000; ++j) {
      const auto a = static_cast<int32_t>(oracle::randomInt(random, c.qmin, c.qmax));
      const auto b = static_cast<int32_t>(oracle::randomInt(random, c.qmin, c.qmax));
      wrong += kernelProduct(c, *p, a, b) != expectedProduct(c, a, b);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("what is no scale has no sum or product") {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (float bad : {0.0f, -1.0f, inf, nan})
    for (int place = 0; place < 3; ++place) {
      std::array<float, 3> s{1.0f, 1.0f, 1.0f};
      s[static_cast<size_t>(place)] = bad;
      CAPTURE(s[0], s[1], s[2]);
      CHECK_FALSE(solveAdd(s[0], 0, s[1], 0, s[2], 0, -128, 127, -128, 127));
      CHECK_FALSE(solveMul(s[0], 0, s[1], 0, s[2], 0, -128, 127, -128, 127));
    }
}
