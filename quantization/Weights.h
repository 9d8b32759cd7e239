// Weights on a grid of few integers: scales, and rounding to nearest. A plain algorithm: no MLIR, no ONNX.
#pragma once

#include "quantization/Moments.h"
#include "quantization/WeightMatrix.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace burin::quantization {

enum class Granularity { Tensor, Channel, Block };

/// Integers are signed: least() .. greatest(). bits in 2..8.
struct WeightGrid {
  int bits = 8;
  bool symmetric = true;   ///< zero points are 0
  bool narrow = false;     ///< -2^(bits-1) isn't used
  bool powerOfTwo = false; ///< scales are powers of two
  Granularity granularity = Granularity::Channel;
  int64_t block = 32; ///< elements along the depth that share a scale; only for Granularity::Block

  int32_t least() const { return -(1 << (bits - 1)) + (narrow ? 1 : 0); }
  int32_t greatest() const { return (1 << (bits - 1)) - 1; }
};

/// The scales of a layer: w^ = (q - zero) * scale. One for all, one per channel, or [channels][ceil(depth / block)].
struct WeightScales {
  WeightGrid grid;
  int64_t channels = 0, depth = 0;
  std::vector<float> scales;  ///< positive, finite
  std::vector<int32_t> zeros; ///< as many; integers of the grid, all 0 if it is symmetric

  int64_t blocksPerChannel() const;
  int64_t blockLength() const; ///< weights of a channel that share a scale; the last block may have fewer
  /// Index into `scales` of the weight at [channel][at].
  int64_t index(int64_t channel, int64_t at) const;
  /// The weights of one scale, [begin, end) in the row-major matrix: they are always contiguous.
  std::pair<int64_t, int64_t> range(int64_t scale) const;
};

/// Weights as integers, row-major [channels][depth].
struct QuantisedWeights : WeightScales {
  std::vector<int8_t> values;

  float dequantised(int64_t channel, int64_t at) const;
  std::vector<float> dequantised() const; ///< [channels][depth]
};

/// The finest scale, with its zero point, for weights in [low, high], low <= 0 <= high.
std::pair<float, int32_t> scaleCovering(double low, double high, const WeightGrid &grid);

/// Scales that just cover the weights, so that rounding to nearest clips none by more than half a step. Where all are
/// 0 the scale is 1.
WeightScales coveringScales(const WeightMatrix &weights, const WeightGrid &grid);

/// Scales that clip where this lowers sum (w - w^)^2 after rounding to nearest: never worse than coveringScales.
WeightScales clippingScales(const WeightMatrix &weights, const WeightGrid &grid);

/// The same for the error of the output, outputError(), of all that `moments` has seen.
WeightScales clippingScales(const WeightMatrix &weights, const WeightGrid &grid, const Moments &moments,
                            int threads = 1);

/// Each weight rounded to the nearest integer of its grid, ties to even.
QuantisedWeights roundNearest(const WeightMatrix &weights, const WeightScales &scales);

/// Sum of (w - w^)^2.
double weightError(const WeightMatrix &weights, const QuantisedWeights &quantised);

/// Bytes of the integers in a library or an ONNX file (2 bits: four in a byte; 3 and 4: two; else one each), with the
/// scales (4 bytes each) and zero points (packed as the integers; none if symmetric).
int64_t storedBytes(const WeightScales &scales);

} // namespace burin::quantization
