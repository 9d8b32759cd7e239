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

template <typename A, typename B, typename S> static void checkInteger(uint32_t salt) {
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
  std::vector<S> y(m * n, 99), want;
  for (int64_t v : expected)
    want.push_back(static_cast<S>(v)); // modulo its size
  const std::string name =
      std::string("brn_matmul_") + TypeName<A>::suffix + "_" + TypeName<B>::suffix + "_" + TypeName<S>::suffix;
  call(name, a.data.data(), a.row, a.col, aZero, b.data.data(), b.row, b.col, bZero, y.data(), m, k, n);
  REQUIRE(difference(y, want) == "");
}

template <typename A, typename S> static void checkIntegers(uint32_t salt) {
  checkInteger<A, int8_t, S>(salt);
  checkInteger<A, uint8_t, S>(1000 + salt);
  checkInteger<A, int16_t, S>(2000 + salt);
  checkInteger<A, uint16_t, S>(3000 + salt);
}

TEMPLATE_TEST_CASE("matrix products of 8 and 16 bits", "[matmul]", int8_t, uint8_t, int16_t, uint16_t) {
  for (uint32_t round = 0; round < 100; ++round) {
    checkIntegers<TestType, int32_t>(round);
    checkIntegers<TestType, int64_t>(5000 + round);
  }
}

TEST_CASE("matrix products with weights of 2, 4 and 8 bits", "[matmul]") {
  for (uint32_t round = 0; round < 100; ++round) {
    Random random(round);
    const uint32_t bits = uint32_t(2) << random.size(0, 2), block = 8 * random.size(1, 3), k = random.size(1, 50);
    const uint32_t m = random.size(1, 3), n = random.size(1, 4), blocks = (k + block - 1) / block;
    const uint32_t rowBytes = block * bits / 8, zeroStep = round % 2;
    std::vector<uint8_t> packed(n * blocks * rowBytes, 0);
    std::vector<std::vector<int64_t>> w(n, std::vector<int64_t>(k));
    for (uint32_t j = 0; j < n; ++j)
      for (uint32_t d = 0; d < k; ++d) {
        w[j][d] = random.integer(0, (1 << bits) - 1);
        const uint32_t bit = d % block * bits;
        packed[(j * blocks + d / block) * rowBytes + bit / 8] |= static_cast<uint8_t>(w[j][d] << bit % 8);
      }
    std::vector<float> a(m * k), scale(n * blocks), zero(n * blocks), y(m * n, 99.0f);
    for (auto *values : {&a, &scale, &zero}) // small integers: sums are exact
      for (float &v : *values)
        v = static_cast<float>(random.integer(-9, 9));
    const auto expected = matmul<double>(
        m, k, n, [&](int64_t i, int64_t d) { return a[i * k + d]; },
        [&](int64_t d, int64_t j) {
          const auto at = static_cast<std::size_t>(j * blocks + d / block);
          return scale[at] * (static_cast<double>(w[j][d]) - zero[at * zeroStep]);
        });
    INFO(random.seed() << " round " << round << " bits " << bits << " block " << block);
    call("brn_matmul_nbits_f32", static_cast<const float *>(a.data()), static_cast<const uint8_t *>(packed.data()),
         static_cast<const float *>(scale.data()), static_cast<const float *>(zero.data()), zeroStep, y.data(), m, n, k,
         bits, block, blocks, rowBytes);
    CHECK(std::vector<double>(y.begin(), y.end()) == expected);
  }
}
