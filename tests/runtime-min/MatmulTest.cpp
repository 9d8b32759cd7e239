// Matrix products in every memory order against the naive twin.
#include "tests/reference/Matmul.h"
#include "tests/runtime-min/Call.h"
#include "tests/runtime-min/Data.h"

using namespace burin::test;
using namespace burin::reference;

namespace {

/// A matrix in memory: by rows, by columns, or with gaps.
template <typename T> struct Matrix {
  std::vector<T> data;
  int64_t row, col;

  Matrix(Random &random, int64_t rows, int64_t columns) {
    const int64_t gap = random.chance(0.3) ? random.integer(2, 3) : 1;
    if (random.chance(0.5)) {
      col = gap;
      row = gap * columns + random.integer(0, 2);
    } else {
      row = gap;
      col = gap * rows + random.integer(0, 2);
    }
    const std::size_t size = static_cast<std::size_t>(rows * row + columns * col + 1);
    if constexpr (std::is_floating_point_v<T>)
      data = random.values<T>(size, -50, 50);
    else
      data = random.integers<T>(size);
    if constexpr (std::is_floating_point_v<T>)
      for (T &v : data)
        v = std::nearbyint(v); // products and sums are exact
  }
  T at(int64_t i, int64_t j) const { return data.at(i * row + j * col); }
};

} // namespace

TEMPLATE_TEST_CASE("matrix products", "[matmul]", float, double, int32_t, uint32_t, int64_t, uint64_t) {
  using T = TestType;
  using Wide = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>; // wraps as T does
  for (uint32_t round = 0; round < 200; ++round) {
    Random random(round);
    const int64_t m = random.integer(1, 6), k = random.integer(0, 12), n = random.integer(1, 9);
    const Matrix<T> a(random, m, k), b(random, k, n);
    INFO(random.seed() << " " << m << "x" << k << "x" << n << " steps " << a.row << "," << a.col << " and " << b.row
                       << "," << b.col);
    const auto expected = matmul<Wide>(
        m, k, n, [&](int64_t i, int64_t d) { return static_cast<Wide>(a.at(i, d)); },
        [&](int64_t d, int64_t j) { return static_cast<Wide>(b.at(d, j)); });
    std::vector<T> y(m * n, T(99));
    call(kernelName<T>("matmul"), a.data.data(), a.row, a.col, b.data.data(), b.row, b.col, y.data(), m, k, n);
    std::vector<T> want;
    for (Wide v : expected)
      want.push_back(static_cast<T>(v));
    REQUIRE(difference(y, want) == "");
  }
}

template <typename A, typename B> static void checkInteger(uint32_t salt) {
  Random random(salt);
  const int64_t m = random.integer(1, 6), k = random.integer(0, 40), n = random.integer(1, 9);
  const Matrix<A> a(random, m, k);
  const Matrix<B> b(random, k, n);
  const int32_t aZero =
      random.chance(0.3) ? 0 : random.value<A>(std::numeric_limits<A>::min(), std::numeric_limits<A>::max());
  const int32_t bZero =
      random.chance(0.3) ? 0 : random.value<B>(std::numeric_limits<B>::min(), std::numeric_limits<B>::max());
  INFO(random.seed() << " " << m << "x" << k << "x" << n << " zeros " << aZero << " " << bZero);
  const auto expected = matmul<int64_t>(
      m, k, n, [&](int64_t i, int64_t d) { return a.at(i, d) - aZero; },
      [&](int64_t d, int64_t j) { return b.at(d, j) - bZero; });
  std::vector<int32_t> y(m * n, 99);
  const std::string name = std::string("brn_matmul_") + TypeName<A>::suffix + "_" + TypeName<B>::suffix + "_s32";
  call(name, a.data.data(), a.row, a.col, aZero, b.data.data(), b.row, b.col, bZero, y.data(), m, k, n);
  REQUIRE(difference(y, expected) == "");
}

TEST_CASE("matrix products of 8 bits", "[matmul]") {
  for (uint32_t round = 0; round < 200; ++round) {
    checkInteger<int8_t, int8_t>(round);
    checkInteger<int8_t, uint8_t>(1000 + round);
    checkInteger<uint8_t, int8_t>(2000 + round);
    checkInteger<uint8_t, uint8_t>(3000 + round);
  }
}
