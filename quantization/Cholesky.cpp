#include "quantization/Cholesky.h"

#include <algorithm>
#include <cmath>

namespace burin::quantization {

/// row[j] -= sum over `count` rows k, from `rows` on, of rows[k][at] * rows[k][j], for j in [at, n). Four rows at a
/// time, since this is what all the time goes to.
static void eliminate(double *row, const double *rows, int64_t count, int64_t at, int64_t n) {
  int64_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const double *a = rows + k * n, *b = a + n, *c = b + n, *d = c + n;
    const double fa = a[at], fb = b[at], fc = c[at], fd = d[at];
    for (int64_t j = at; j < n; ++j)
      row[j] -= (fa * a[j] + fb * b[j]) + (fc * c[j] + fd * d[j]);
  }
  for (; k < count; ++k) {
    const double *a = rows + k * n;
    const double factor = a[at];
    for (int64_t j = at; j < n; ++j)
      row[j] -= factor * a[j];
  }
}

bool choleskyInPlace(std::span<double> matrix, int64_t n) {
  constexpr int64_t blockRows = 32; // stays in the second level cache while all rows below take it in
  double *const all = matrix.data();
  for (int64_t block = 0; block < n; block += blockRows) {
    const int64_t end = std::min(block + blockRows, n);
    for (int64_t i = block; i < end; ++i) {
      double *row = all + i * n;
      eliminate(row, all + block * n, i - block, i, n);
      if (!(row[i] > 0) || !std::isfinite(row[i]))
        return false;
      const double pivot = 1 / std::sqrt(row[i]);
      for (int64_t j = i; j < n; ++j)
        row[j] *= pivot;
    }
    for (int64_t i = end; i < n; ++i)
      eliminate(all + i * n, all + block * n, end - block, i, n);
  }
  return true;
}

void solveCholesky(std::span<const double> upper, int64_t n, std::span<double> right, int64_t columns) {
  auto row = [&](int64_t i) { return right.subspan(i * columns, columns); };
  auto subtract = [&](int64_t from, double factor, int64_t what) {
    const auto target = row(from), source = row(what);
    for (int64_t c = 0; c < columns; ++c)
      target[c] -= factor * source[c];
  };
  auto divide = [&](int64_t i) {
    for (double &value : row(i))
      value /= upper[i * n + i];
  };
  for (int64_t i = 0; i < n; ++i) { // R^T Y = B
    divide(i);
    for (int64_t j = i + 1; j < n; ++j)
      subtract(j, upper[i * n + j], i);
  }
  for (int64_t i = n; i-- > 0;) { // R X = Y
    for (int64_t j = i + 1; j < n; ++j)
      subtract(i, upper[i * n + j], j);
    divide(i);
  }
}

} // namespace burin::quantization
