#include "ir/numerics/FixedPoint.h"
#include "tests/ir/numerics/Oracle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace burin::numerics;

namespace {

long double real(int64_t mult, int shift) { return std::ldexp(static_cast<long double>(mult), -shift); }

/// a * b / c, correct to 60 bits: far more than the tolerances below ask for.
long double quotient(float a, float b, float c) {
  return static_cast<long double>(a) * static_cast<long double>(b) / static_cast<long double>(c);
}

void checkNearest(float a, float b, float c, int bits) {
  const FixedPoint m = nearestFixedPoint(a, b, c, bits);
  const long double exact = quotient(a, b, c);
  CAPTURE(a, b, c, bits, m.mult, int{m.shift});
  REQUIRE((m.mult >= 0 && m.shift >= 1 && m.shift <= 62 && int64_t{m.mult} < int64_t{1} << bits));
  if (exact >= std::ldexp(1.0L, bits - 1))
    CHECK((m.shift == 1 && m.mult == (int64_t{1} << bits) - 1));
  else
    CHECK(std::abs(real(m.mult, m.shift) - exact) <= std::ldexp(0.500001L, -m.shift));
  if (exact < std::ldexp(1.0L, bits - 1) && exact > std::ldexp(1.0L, bits - 63))
    CHECK(m.mult >= 1 << (bits - 1));
}

} // namespace

TEST_CASE("numbers that are fixed-point ones") {
  const FixedPoint one = nearestFixedPoint(1, 1, 1);
  CHECK((one.mult == 1 << 30 && one.shift == 30));
  const FixedPoint twelve = nearestFixedPoint(3, 8, 2);
  CHECK((twelve.mult == 3 << 29 && twelve.shift == 27));
  // 1/3 = 0.0101…: in units of 2^-32, 1431655765.33.
  const FixedPoint third = nearestFixedPoint(1, 1, 3);
  CHECK((third.mult == 1431655765 && third.shift == 32));
  // Just above 2: the rounded number has no more bits than it may.
  const FixedPoint below = nearestFixedPoint(0x1.fffffep0f, 0x1.fffffep0f, 0x1.fffffcp0f, 8);
  CHECK((below.mult == 128 && below.shift == 6));
  CHECK(nearestFixedPoint(1e-30f, 1e-30f, 1).mult == 0);
  CHECK(nearestFixedPoint(1e30f, 1e30f, 1e-30f).mult == 0x7fffffff);
  CHECK(nearestFixedPoint(0x1p29f, 1, 1).mult == 1 << 30);
  CHECK(int{nearestFixedPoint(0x1p29f, 1, 1).shift} == 1);
}

TEST_CASE("the nearest fixed-point number") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 20000; ++i) {
    const int size = i % 2 ? 40 : 8;
    const auto scale = [&] { return oracle::randomScale(random, -size, size); };
    const float a = scale(), b = scale(), c = scale();
    checkNearest(a, b, c, i % 3 == 0 ? 30 : 31);
  }
}

TEST_CASE("two ratios with one shift") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  for (int i = 0; i < 20000; ++i) {
    const float a = oracle::randomScale(random, -14, 14), b = oracle::randomScale(random, -14, 14),
                c = oracle::randomScale(random, -14, 14);
    const FixedPointPair m = nearestFixedPoints(a, b, c);
    CAPTURE(a, b, c, m.a, m.b, int{m.shift});
    REQUIRE((m.a >= 0 && m.b >= 0 && m.shift >= 1 && m.shift <= 62));
    CHECK(std::abs(real(m.a, m.shift) - quotient(a, 1, c)) <= std::ldexp(0.500001L, -m.shift));
    CHECK(std::abs(real(m.b, m.shift) - quotient(b, 1, c)) <= std::ldexp(0.500001L, -m.shift));
    CHECK((std::max(m.a, m.b) >= 1 << 30 || m.shift == 62));
  }
  const FixedPointPair huge = nearestFixedPoints(1e30f, 1, 1);
  CHECK((huge.a == 0x7fffffff && huge.b == 2 && huge.shift == 1));
}

TEST_CASE("tables of a wide softmax") {
  for (float sx : {1e-45f, 1e-10f, 1e-4f, 0.001f, 0.05f, 3.0f, 1e10f, 3e38f})
    for (float sy : {0x1p-16f, 1.0f / 65535, 0.0039f, 1.0f, 1.5f, 2.0f, 3e38f, 1e-12f}) {
      const WideSoftmax table = buildWideSoftmax(sx, sy);
      CAPTURE(sx, sy, table.inverse, table.shift);
      CHECK((table.coarse[0] == 1u << 30 && table.fine[0] == 1u << 31));
      for (int d = 0; d < 256; ++d) {
        const long double step = static_cast<long double>(sx) * d;
        const long double coarse = std::ldexp(std::exp(-256 * step), 30), fine = std::ldexp(std::exp(-step), 31);
        const bool near = std::abs(coarse - table.coarse[static_cast<size_t>(d)]) <= 0.5L + 0x1p-15L &&
                          std::abs(fine - table.fine[static_cast<size_t>(d)]) <= 0.5L + 0x1p-15L;
        CAPTURE(d, table.coarse[static_cast<size_t>(d)], table.fine[static_cast<size_t>(d)]);
        REQUIRE(near);
      }
      CHECK((table.inverse >= int64_t{1} << 61 && table.inverse < int64_t{1} << 62 && table.shift >= 1));
      const long double product =
          real(table.inverse, static_cast<int>(table.shift)) * static_cast<long double>(std::max(sy, 0x1p-40f));
      CHECK(std::abs(product - 1) <= 0x1p-60L);
    }
}

namespace {

long double valueOf(const Pieces &p, size_t d) {
  size_t k = 0;
  while (k + 1 < p.start.size() && p.start[k + 1] <= d)
    ++k;
  return std::ldexp(static_cast<long double>(p.base[k]), -14) +
         std::ldexp(static_cast<long double>(p.slope[k]) * static_cast<long double>(d - p.start[k]), -24);
}

void checkPieces(const std::vector<double> &targets, const Pieces &p, double tolerance, double lo, double hi) {
  REQUIRE(!p.start.empty());
  REQUIRE((p.start.size() == p.base.size() && p.start.size() == p.slope.size() && p.start[0] == 0));
  REQUIRE(std::is_sorted(p.start.begin(), p.start.end()));
  for (size_t d = 0; d < targets.size(); ++d) {
    const long double v = valueOf(p, d), t = targets[d];
    const bool near = (t <= lo || v >= t - tolerance - 1e-9L) && (t >= hi || v <= t + tolerance + 1e-9L);
    CAPTURE(d, t, v);
    if (!near)
      REQUIRE(near);
  }
}

} // namespace

TEST_CASE("functions become few pieces within their tolerance") {
  const auto sample = [](auto f, double lo, double hi) {
    std::vector<double> t;
    for (int d = 0; d < 65536; ++d)
      t.push_back(std::clamp<double>(f((d - 32768) / 4096.0), lo, hi));
    return t;
  };
  struct Case {
    std::vector<double> targets;
    size_t pieces;
  };
  const double hi = 65535;
  const Case cases[] = {
      {sample([](double x) { return x > 0 ? x * 8192 : 0; }, 0, hi), 3},         // ReLU
      {sample([](double x) { return x > 0 ? x * 4096 : x * 41; }, 0, hi), 3},    // leaky
      {sample([](double x) { return 65536 / (1 + std::exp(-x)); }, 0, hi), 400}, // sigmoid
      {sample([](double x) { return std::floor(x) * 1000 + 8000; }, 0, hi), 18}, // steps
      {sample([](double x) { return std::exp(x) * 20; }, 0, hi), 500},
      {sample([](double) { return 7; }, 0, hi), 1},
      {sample([](double x) { return x * 1e6; }, 0, hi), 3 * 600}, // too steep for lines
  };
  for (const Case &c : cases) {
    const auto p = fitPieces(c.targets, 0.25, 0, hi, 2000);
    REQUIRE(p);
    CAPTURE(p->start.size(), c.pieces);
    CHECK(p->start.size() <= c.pieces);
    checkPieces(c.targets, *p, 0.25, 0, hi);
    if (p->start.size() > 1)
      CHECK(!fitPieces(c.targets, 0.25, 0, hi, p->start.size() - 1));
  }
}

TEST_CASE("pieces of noise") {
  CAPTURE(Catch::rngSeed());
  std::mt19937_64 random(Catch::rngSeed());
  std::vector<double> targets;
  for (int i = 0; i < 500; ++i)
    targets.push_back(static_cast<double>(oracle::randomInt(random, -1000, 1000)) / 7);
  const auto p = fitPieces(targets, 1.0 / 32, -200, 200, 500);
  REQUIRE(p);
  checkPieces(targets, *p, 1.0 / 32, -200, 200);
}
