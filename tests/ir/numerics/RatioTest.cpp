#include "ir/numerics/Requantize.h"
#include "tests/ir/numerics/Oracle.h"

#include <catch2/catch.hpp>
#include <limits>
#include <numeric>

using namespace burin::numerics;

namespace {

/// num / den = a * b / c, told by cross-multiplication. Exponents that differ by less than 50.
bool equals(const Ratio &ratio, float a, float b, float c) {
  const oracle::Decoded x = oracle::decode(a), y = oracle::decode(b), z = oracle::decode(c);
  const auto [num, den] = ratio;
  // num * z = den * x * y; both sides as odd integers and powers of two, for they may exceed 128 bits.
  auto odd = [](oracle::Wide value, int exponent) {
    for (; value % 2 == 0; value /= 2)
      ++exponent;
    return std::pair(value, exponent);
  };
  const auto [n, nExponent] = odd(num, 0);
  const auto [d, dExponent] = odd(den, 0);
  const auto [left, leftExponent] = odd(n * z.mantissa, nExponent + z.exponent);
  const auto [product, productExponent] = odd(oracle::Wide{x.mantissa} * y.mantissa, x.exponent + y.exponent);
  const auto [right, rightExponent] = odd(d * product, dExponent + productExponent);
  return left == right && leftExponent == rightExponent;
}

bool isReduced(const Ratio &ratio) { return ratio.num > 0 && ratio.den > 0 && std::gcd(ratio.num, ratio.den) == 1; }

} // namespace

TEST_CASE("quotients of scales") {
  const auto ratio = exactRatio(0.5f, 0.25f, 0);
  REQUIRE(ratio);
  CHECK(ratio->num == 2);
  CHECK(ratio->den == 1);
  const auto sixth = exactProductRatio(0.5f, 0.25f, 0.75f, 0);
  REQUIRE(sixth);
  CHECK(sixth->num == 1);
  CHECK(sixth->den == 6);
  const auto self = exactRatio(0.1f, 0.1f, 62, 62);
  REQUIRE(self);
  CHECK(self->num == 1);
  CHECK(self->den == 1);
}

TEST_CASE("random quotients are exact and in lowest terms") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  int found = 0;
  for (int i = 0; i < 20000; ++i) {
    const float a = oracle::randomScale(random, -12, 4), b = oracle::randomScale(random, -12, 4),
                c = oracle::randomScale(random, -12, 4);
    CAPTURE(a, b, c);
    const auto ratio = exactRatio(a, b, 8);
    REQUIRE(ratio); // 24 bits, 16 of exponent, 8 of budget
    REQUIRE(isReduced(*ratio));
    REQUIRE(equals(*ratio, a, 1.0f, b));
    REQUIRE(ratio->num <= std::numeric_limits<int64_t>::max() >> 8);
    if (const auto product = exactProductRatio(a, b, c, 0)) {
      ++found;
      REQUIRE(isReduced(*product));
      REQUIRE(equals(*product, a, b, c));
    }
  }
  CHECK(found > 10000);
}

TEST_CASE("a ratio leaves room for what it is multiplied by") {
  // 2^40 / 1
  CHECK(exactRatio(0x1p20f, 0x1p-20f, 22));
  CHECK_FALSE(exactRatio(0x1p20f, 0x1p-20f, 23));
  CHECK(exactRatio(0x1p20f, 0x1p-20f, 22, 62));
  CHECK_FALSE(exactRatio(0x1p20f, 0x1p-20f, 22, 63));
  CHECK(exactRatio(0x1p-20f, 0x1p20f, 62, 22));
  CHECK_FALSE(exactRatio(0x1p-20f, 0x1p20f, 62, 23));
  CHECK_FALSE(exactRatio(0x1p-100f, 0x1p100f, 0));
  CHECK_FALSE(exactRatio(std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min(), 0));
  CHECK_FALSE(exactProductRatio(0x1p100f, 0x1p100f, 0x1p-100f, 0));
}

TEST_CASE("what is no scale has no ratio") {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (float bad : {0.0f, -0.0f, -1.0f, inf, nan}) {
    CAPTURE(bad);
    CHECK_FALSE(exactRatio(bad, 1.0f, 0));
    CHECK_FALSE(exactRatio(1.0f, bad, 0));
    CHECK_FALSE(exactProductRatio(bad, 1.0f, 1.0f, 0));
    CHECK_FALSE(exactProductRatio(1.0f, bad, 1.0f, 0));
    CHECK_FALSE(exactProductRatio(1.0f, 1.0f, bad, 0));
  }
}
