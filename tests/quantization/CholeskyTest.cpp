#include "quantization/Cholesky.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace burin::quantization;

TEST_CASE("Cholesky: a worked example, and what isn't positive definite") {
  std::vector<double> matrix = {4, 2, 2, 10};
  REQUIRE(choleskyInPlace(matrix, 2));
  CHECK((matrix[0] == 2 && matrix[1] == 1 && matrix[3] == 3));
  std::vector<double> right = {8, 22}; // 4 * 1 + 2 * 2, 2 * 1 + 10 * 2
  solveCholesky(matrix, 2, right, 1);
  CHECK((right[0] == 1 && right[1] == 2));
  for (std::vector<double> bad : {std::vector<double>{1, 2, 2, 1}, {0, 0, 0, 1}, {1, 0, 0, NAN}, {-1, 0, 0, 1}})
    CHECK(!choleskyInPlace(bad, 2));
}

TEST_CASE("Cholesky: the factor multiplied out, and solutions put in") {
  const uint64_t seed = GENERATE(1, 2);
  const int n = GENERATE(1, 5, 32, 33, 70);
  CAPTURE(seed, n);
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> root(n * n), matrix(n * n), right(n * 3);
  for (double &value : root)
    value = normal(random);
  for (double &value : right)
    value = normal(random);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      for (int k = 0; k < n; ++k)
        matrix[i * n + j] += root[i * n + k] * root[j * n + k] + (i == j ? 0.1 / n : 0);
  std::vector<double> upper = matrix, solution = right;
  REQUIRE(choleskyInPlace(upper, n));
  solveCholesky(upper, n, solution, 3);
  double worst = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = i; j < n; ++j) {
      double product = 0;
      for (int k = 0; k <= i; ++k)
        product += upper[k * n + i] * upper[k * n + j];
      worst = std::max(worst, std::abs(product - matrix[i * n + j]));
    }
    for (int c = 0; c < 3; ++c) {
      double product = 0;
      for (int j = 0; j < n; ++j)
        product += matrix[i * n + j] * solution[j * 3 + c];
      worst = std::max(worst, std::abs(product - right[i * 3 + c]));
    }
  }
  CHECK(worst < 1e-9 * n);
}
