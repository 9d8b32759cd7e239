#include "quantization/Cholesky.h"
#include "quantization/OutputError.h"
#include "quantization/Reconstruct.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace burin::quantization {

namespace {

/// H with its inputs in the order in which they are rounded, from the last to the first, damped and factorised.
struct DampedFactor {
  std::vector<int64_t> order;
  std::vector<double> upper;

  DampedFactor(const Moments &moments, const HessianOptions &options) : order(moments.depth) {
    const int64_t n = moments.depth;
    auto energy = [&](int64_t i) { return moments.hessian[i * n + i]; };
    std::iota(order.rbegin(), order.rend(), 0);
    if (options.byActivation)
      std::sort(order.begin(), order.end(),
                [&](int64_t a, int64_t b) { return energy(a) != energy(b) ? energy(a) < energy(b) : a > b; });
    double trace = 0;
    for (int64_t i = 0; i < n; ++i)
      trace += energy(i);
    const double unit = trace > 0 ? trace / static_cast<double>(n) : 1;
    double damping = options.damping > 0 ? options.damping : 1e-12;
    for (;; damping *= 10) {
      upper.resize(n * n);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j)
          upper[i * n + j] = moments.hessian[order[i] * n + order[j]];
        upper[i * n + i] += damping * unit;
      }
      if (choleskyInPlace(upper, n))
        return;
    }
  }
};

} // namespace

/// The real weights that are best for x^: w + H^-1 D, [depth][channels] in the factor's order.
static std::vector<double> bestRealWeights(const WeightMatrix &weights, const Moments &moments,
                                           const DampedFactor &factor) {
  const int64_t n = weights.depth, channels = weights.channels;
  std::vector<double> shift(n * channels);
  if (moments.hasDrift()) {
    for (int64_t i = 0; i < n; ++i)
      for (int64_t c = 0; c < channels; ++c)
        shift[i * channels + c] = moments.drift[c * n + factor.order[i]];
    solveCholesky(factor.upper, n, shift, channels);
  }
  for (int64_t i = 0; i < n; ++i)
    for (int64_t c = 0; c < channels; ++c)
      shift[i * channels + c] += weights.channel(c)[factor.order[i]];
  return shift;
}

QuantisedWeights hessianRounding(const WeightMatrix &weights, const WeightScales &scales, const Moments &moments,
                                 const HessianOptions &options) {
  assert(moments.depth == weights.depth && (!moments.hasDrift() || moments.channels == weights.channels));
  const int64_t n = weights.depth, channels = weights.channels;
  const DampedFactor factor(moments, options);
  std::vector<double> rest = bestRealWeights(weights, moments, factor); // what rounding has yet left over
  QuantisedWeights result{scales, std::vector<int8_t>(weights.values.size())};
  std::vector<double> wanted(channels);
  // ||R (target - w^)||^2 is least, from the last row of R upwards, if each row's own weight makes up for the rows
  // below.
  for (int64_t i = n; i-- > 0;) {
    std::fill(wanted.begin(), wanted.end(), 0);
    for (int64_t j = i + 1; j < n; ++j)
      addRow(wanted, factor.upper[i * n + j] / factor.upper[i * n + i], &rest[j * channels]);
    const int64_t at = factor.order[i];
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t scale = scales.index(c, at);
      const double unit = scales.scales[scale], zero = scales.zeros[scale];
      const double integer = std::nearbyint((wanted[c] + rest[i * channels + c]) / unit) + zero;
      const double kept = std::clamp<double>(integer, scales.grid.least(), scales.grid.greatest());
      result.values[c * n + at] = static_cast<int8_t>(kept);
      rest[i * channels + c] -= (kept - zero) * unit;
    }
  }
  return result;
}

} // namespace burin::quantization
