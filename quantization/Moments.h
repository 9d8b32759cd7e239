// Second moments of a layer's input: all that choosing its weights needs to know of the data. A plain algorithm.
#pragma once

#include "quantization/WeightMatrix.h"

#include <cstdint>
#include <span>
#include <vector>

namespace burin::quantization {

/// Sums over all rows seen. A row is the layer's input x^ in the net quantised so far; x is the same in the float net.
/// With weights w^ = w - e the output of channel c is off by e . x^ + d, where d = w . (x - x^) is the drift that
/// quantising the layers before has caused. So the squared error is known exactly for any weights:
///   sum (w . x - w^ . x^)^2 = e^T H e + 2 e . D_c + driftEnergy_c.
struct Moments {
  int64_t depth = 0, channels = 0, count = 0;
  std::vector<double> hessian;     ///< H = sum x^ x^T of x^: [depth][depth], symmetric
  std::vector<double> mean;        ///< of x^: [depth]
  std::vector<double> drift;       ///< D_c = sum d_c x^: [channels][depth]; empty if x^ = x, as are the next two
  std::vector<double> driftEnergy; ///< sum d_c^2: [channels]
  std::vector<double> driftMean;   ///< of d_c: [channels]

  bool hasDrift() const { return !drift.empty(); }

  /// The same sums about the means. What is rounded by these leaves the output's mean to biasCorrection, which costs
  /// nothing and leaves more to gain.
  Moments centred() const;

  /// With part * (mean of H's diagonal) added to H's diagonal: what has been seen of the input says little about
  /// directions with next to no energy, so there weights stay near the original ones.
  Moments damped(double part) const;
};

/// Where nothing is known of the input: H = identity, so that e^T H e is the error of the weights themselves.
Moments identityMoments(int64_t depth);

/// Collects moments row by row. Products are summed in float over short stretches of rows, these in double; results
/// depend on neither the number of threads nor how the rows are divided among calls of add().
class InputMoments {
public:
  /// Of one input, x^ = x. threads >= 1.
  explicit InputMoments(int64_t depth, int threads = 1);
  /// Of x^ and x, for the drift of these weights.
  explicit InputMoments(const WeightMatrix &weights, int threads = 1);

  /// Rows [n][depth]; `original`, x, has as many, or is empty if there is one input. Rows with a value
  /// that isn't finite, or beyond 1e15, are left out. Some ten times the depth is enough; what it costs grows with rows
  /// * depth^2.
  void add(std::span<const float> rows, std::span<const float> original = {});

  int64_t count() const { return rowCount; }
  /// Of all rows so far; more may be added afterwards.
  Moments moments() const;

private:
  void computeDrift(const float *row, const float *original, std::span<float> drift) const;
  void append(std::span<const float> row, std::span<const float> drift);
  void flush();

  // A feature is an input or, behind these and from a multiple of `panel` on, a channel's drift.
  int64_t depth, channels, depthPanels, panels;
  int threads;
  std::vector<float> weights; ///< [channels / driftPanel][depth][driftPanel], padded; empty if there is one input
  int64_t rowCount = 0, pending = 0;
  std::vector<float> stretch;   ///< the last `pending` rows: [features / panel][rows of a stretch][panel]
  std::vector<double> products; ///< sum feature * input, without the last rows: [features][inputs], lower tiles only
  std::vector<double> sums;     ///< [features]
  std::vector<double> energies; ///< sum drift^2: [channels]
};

} // namespace burin::quantization
