#include "ir/numerics/Requantize.h"
#include "tests/ir/numerics/Oracle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace burin::numerics;

namespace {

constexpr std::array<size_t, 7> steps{0, 1, 2, 7, 100, 210, 255};

void checkEntries(const SoftmaxTable &table, const std::array<uint32_t, 7> &expected) {
  for (size_t i = 0; i < steps.size(); ++i) {
    CAPTURE(steps[i]);
    CHECK(table.exp[steps[i]] == expected[i]);
  }
}

/// exp[0] = 2^k.
int log2OfUnit(const SoftmaxTable &table) { return static_cast<int>(std::lround(std::log2(table.exp[0]))); }

/// Everything the docstring promises.
void checkTable(float sx, float sy, uint32_t n) {
  const SoftmaxTable table = buildSoftmaxTable(sx, sy, n);
  const int k = log2OfUnit(table);
  CAPTURE(sx, sy, n, k, table.num, table.den);
  REQUIRE(table.exp[0] == uint64_t{1} << k);
  CHECK(oracle::Wide{n} << k < oracle::Wide{1} << 32);
  CHECK(oracle::Wide{table.num} << k < oracle::Wide{1} << 63);
  CHECK((table.den > 0 && table.den < 1 << 24));
  for (size_t d = 0; d < 256; ++d) {
    const long double real = std::exp(-static_cast<long double>(sx) * static_cast<long double>(d));
    const long double error = std::abs(std::ldexp(real, k) - static_cast<long double>(table.exp[d]));
    if (error > 0.5L + 0x1p-20L) {
      CAPTURE(d, table.exp[d]);
      REQUIRE(error <= 0.5L + 0x1p-20L);
    }
  }
  if (sy >= 2) {
    CHECK(table.num == 0);
    return;
  }
  const long double inverse = static_cast<long double>(table.num) / static_cast<long double>(table.den);
  CHECK(std::abs(inverse * static_cast<long double>(std::max(sy, 0x1p-40f)) - 1) <= 0x1.01p-40L);
  const bool sumIsFull = oracle::Wide{n} << (k + 1) >= oracle::Wide{1} << 32;
  // The table is as fine as the sum allows, down to scales no 8-bit softmax has.
  if (sy >= 0x1p-9f && n > 1)
    CHECK(sumIsFull);
}

/// The largest distance of the table's softmax from that of real numbers, in steps of sy; 8-bit unsigned output.
double worstError(const SoftmaxTable &table, float sx, float sy, const std::vector<int> &x) {
  const int greatest = *std::max_element(x.begin(), x.end());
  int64_t sum = 0;
  double realSum = 0;
  for (int value : x) {
    sum += table.exp[static_cast<size_t>(greatest - value)];
    realSum += std::exp(double{sx} * (value - greatest));
  }
  double worst = 0;
  for (int value : x) {
    const oracle::Wide num = oracle::Wide{table.exp[static_cast<size_t>(greatest - value)]} * table.num;
    const int32_t q = oracle::clamped(oracle::roundedQuotient(num, oracle::Wide{sum} * table.den), 0, 255);
    const double real = std::min(255.0, std::exp(double{sx} * (value - greatest)) / realSum / double{sy});
    worst = std::max(worst, std::abs(real - q));
  }
  return worst;
}

} // namespace

// Entries by Python's decimal module, 60 digits.
TEST_CASE("exponentials") {
  checkEntries(buildSoftmaxTable(0.1f, 0x1p-8f, 10), {268435456, 242890445, 219776362, 133301101, 12187, 0, 0});
  checkEntries(buildSoftmaxTable(1.0f, 0x1p-8f, 1), {2147483648, 790015084, 290630308, 1958252, 0, 0, 0});
  checkEntries(buildSoftmaxTable(0.05f, 0x1p-8f, 1000), {4194304, 3989745, 3795163, 2955676, 28261, 115, 12});
  checkEntries(buildSoftmaxTable(0.0123f, 0x1p-8f, 2),
               {1073741824, 1060615691, 1047650021, 985160785, 313846778, 81118005, 46637501});
}

TEST_CASE("one over the output's scale") {
  const SoftmaxTable power = buildSoftmaxTable(0.1f, 0x1p-8f, 10);
  CHECK(power.num == 256);
  CHECK(power.den == 1);
  const SoftmaxTable threeQuarters = buildSoftmaxTable(0.1f, 0.75f, 10);
  CHECK(threeQuarters.num == 4);
  CHECK(threeQuarters.den == 3);
  // f32(1/255) = 8421505 * 2^-31.
  const SoftmaxTable odd = buildSoftmaxTable(0.1f, 1.0f / 255, 10);
  CHECK(odd.num == int64_t{1} << 31);
  CHECK(odd.den == 8421505);
}

TEST_CASE("softmax tables keep their promises") {
  for (float sy :
       {0x1p-8f, 1.0f / 255, 0.0039f, 1.0f, 1.5f, 2.0f, 1e6f, 3e38f, 1e-3f, 1e-5f, 1e-8f, 1e-12f, 1e-30f, 1e-45f})
    for (uint32_t n : {1u, 2u, 3u, 10u, 256u, 1001u, 65536u, 1u << 31, 4294967295u})
      for (float sx : {1e-45f, 1e-10f, 0.001f, 0.05f, 0.25f, 3.0f, 31.0f, 1e10f, 3e38f})
        checkTable(sx, sy, n);
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 500; ++i) {
    const float sx = oracle::randomScale(random, -12, 2), sy = oracle::randomScale(random, -45, 3);
    checkTable(sx, sy, static_cast<uint32_t>(oracle::randomInt(random, 1, 2000)));
  }
}

TEST_CASE("a softmax by table is within a rounding of the real one") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 2000; ++i) {
    const float sx = oracle::randomScale(random, -8, 0), sy = oracle::randomScale(random, -9, -7);
    std::vector<int> x(static_cast<size_t>(oracle::randomInt(random, 1, 100)));
    for (int &value : x)
      value = static_cast<int>(oracle::randomInt(random, -128, 127));
    CAPTURE(sx, sy, x.size());
    CHECK(worstError(buildSoftmaxTable(sx, sy, static_cast<uint32_t>(x.size())), sx, sy, x) <= 0.501);
  }
}
