// Naive discrete Fourier transform.
#ifndef BURIN_TESTS_REFERENCE_FOURIER_H
#define BURIN_TESTS_REFERENCE_FOURIER_H

#include <complex>
#include <numbers>
#include <vector>

namespace burin::reference {

/// y[k] = sum over i of x[i] exp(sign * 2 pi j i k / n), n = x.size(), term by term.
inline std::vector<std::complex<long double>> fourier(const std::vector<std::complex<long double>> &x, int sign) {
  const std::size_t n = x.size();
  std::vector<std::complex<long double>> y(n);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      y[k] += x[i] * std::polar(1.0L, sign * 2 * std::numbers::pi_v<long double> * static_cast<long double>(i * k % n) /
                                          static_cast<long double>(n));
  return y;
}

} // namespace burin::reference

#endif
