// Rounding that lowers the error of a layer's output instead of the weights'. Plain algorithms: no MLIR, no ONNX.
//
// All work on the exact quadratic form that Moments describes, channel by channel. `moments` may be centred: then the
// output's mean is left to biasCorrection, which always takes the moments as they were collected.
#pragma once

#include "quantization/Moments.h"
#include "quantization/Weights.h"

#include <vector>

namespace burin::quantization {

/// Sum over rows and channels of (w . x - w^ . x^)^2.
double outputError(const WeightMatrix &weights, const QuantisedWeights &quantised, const Moments &moments);

struct HessianOptions {
  /// Added to H's diagonal, as a part of its mean; raised tenfold as long as H isn't positive definite.
  double damping = 0.01;
  bool byActivation = true; ///< inputs of most energy are rounded first; else in the order of the depth
};

/// Rounds one weight after the other, each time moving those not yet rounded so that the output's error is least
/// (E. Frantar et al., "GPTQ", ICLR 2023; the same as Babai's nearest plane on the Cholesky factor of H). Begins at the
/// real weights that are best for the input x^, which undo part of the drift, not at w.
QuantisedWeights hessianRounding(const WeightMatrix &weights, const WeightScales &scales, const Moments &moments,
                                 const HessianOptions &options = {});

struct LearnOptions {
  int maxSweeps = 50; ///< over all weights of a channel
  bool pairs = true;  ///< at a local optimum, try to step two weights together
  int threads = 1;    ///< doesn't change the result
};

/// Coordinate descent from `start`: each weight in turn takes the integer that is best given the others, until none
/// moves; then the same for pairs that step by one each. The error never grows. Deterministic.
QuantisedWeights learnRounding(const WeightMatrix &weights, const QuantisedWeights &start, const Moments &moments,
                               const LearnOptions &options = {});

/// Replaces each scale by the best one for the integers as they are, the minimum of sum (y - y^)^2; keeps one that
/// isn't bettered, and all if the grid wants powers of two. Per tensor or channel: one step of least squares; blocks:
/// one after the other.
void refitScales(const WeightMatrix &weights, const Moments &moments, QuantisedWeights &quantised);

struct ReconstructOptions {
  double damping = 0.01; ///< all works on moments.damped(damping)
  LearnOptions learn = {};
  int refits = 3; ///< rounds of refitScales and learnRounding
};

/// All of the above: clippingScales by the output's error; for each channel the best of what learnRounding makes of
/// roundNearest and of hessianRounding in either order; then scales and integers by turns. By the damped moments
/// never worse than roundNearest with these scales.
QuantisedWeights reconstruct(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments,
                             const ReconstructOptions &options = {});

/// What must be added to each channel's bias so that the output's mean is that of the float net: e . mean + driftMean.
/// `moments` aren't centred. [channels].
std::vector<double> biasCorrection(const WeightMatrix &weights, const QuantisedWeights &quantised,
                                   const Moments &moments);

} // namespace burin::quantization
