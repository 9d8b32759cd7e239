// Naive twin of the matrix products.
#ifndef BURIN_TESTS_REFERENCE_MATMUL_H
#define BURIN_TESTS_REFERENCE_MATMUL_H

#include <cstdint>
#include <functional>
#include <vector>

namespace burin::reference {

/// m x n: Σ a(i, d) b(d, j) over d < k.
template <typename T>
std::vector<T> matmul(int64_t m, int64_t k, int64_t n, const std::function<T(int64_t, int64_t)> &a,
                      const std::function<T(int64_t, int64_t)> &b) {
  std::vector<T> y;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (int64_t d = 0; d < k; ++d)
        sum += a(i, d) * b(d, j);
      y.push_back(sum);
    }
  return y;
}

} // namespace burin::reference

#endif
