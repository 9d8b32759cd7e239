// Which interval of the real numbers a tensor's integers stand for. A plain algorithm: no MLIR, no ONNX.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace burin::quantization {

/// The integers of a tensor. bits in 2..16; the integers are -2^(bits-1) .. 2^(bits-1)-1 if signed, else 0 .. 2^bits-1.
struct Grid {
  int bits = 8;
  bool isSigned = true;
  bool symmetric = false;  ///< the zero point is the middle: 0 if signed, else 2^(bits-1)
  bool powerOfTwo = false; ///< the scale is a power of two

  int32_t least() const { return isSigned ? -(1 << (bits - 1)) : 0; }
  int32_t greatest() const { return isSigned ? (1 << (bits - 1)) - 1 : (1 << bits) - 1; }
};

/// The real numbers low..high, both finite, low <= 0 <= high.
struct Interval {
  float low = 0, high = 0;
  bool operator==(const Interval &) const = default;
};

/// ONNX's QuantizeLinear: q = clamp(rne(x / scale) + zero), and x^ = (q - zero) * scale. scale is finite, positive and
/// normal, zero is one of the grid's integers: so 0 is representable exactly.
struct Affine {
  float scale = 1;
  int32_t zero = 0;
  bool operator==(const Affine &) const = default;

  int32_t quantise(float x, const Grid &grid) const; ///< NaN becomes `zero`; infinities saturate
  float dequantise(int32_t q) const { return static_cast<float>(q - zero) * scale; }
};

/// The finest scale with which the grid covers the interval, but for half a step that the rounding of the zero point
/// may take from one end. [0, 0] gives the scale 1.
///
/// symmetric:  scale = max(|low|, high) / greatest', greatest' = the greatest integer minus the zero point (so that the
///             least integer is never needed);
/// asymmetric: scale = (high - low) / (2^bits - 1), zero = rne(least - low / scale).
/// powerOfTwo rounds the scale up to one, before the zero point is computed.
Affine affineFor(const Interval &interval, const Grid &grid);

/// All that the grid represents with `affine`.
Interval covered(const Affine &affine, const Grid &grid);

/// The extremes of some values, without those that aren't finite. Of no values: empty().
struct Extent {
  float min = 0, max = 0;
  int64_t count = 0;   ///< finite values
  int64_t ignored = 0; ///< NaN and infinities

  bool empty() const { return count == 0; }
  void add(std::span<const float> values);
  void merge(const Extent &other);
};

/// How often values fall into equal bins of a fixed range. Counts are integers, so the order of adding doesn't matter:
/// merging the histograms of several threads gives the same bits.
///
/// Exact zeros, which every grid represents, are counted apart: after a ReLU they are the greater part.
class Histogram {
public:
  static constexpr int defaultBins = 2048;

  Histogram() = default;
  /// Bins of [low, high], finite. If low == high, all is one bin.
  Histogram(float low, float high, int bins = defaultBins);

  /// Values outside the range count for the first or last bin; NaN and infinities are ignored and counted.
  void add(std::span<const float> values);
  /// `other` has the same range and bins.
  void merge(const Histogram &other);

  std::span<const int64_t> bins() const { return counts; }
  int64_t zeros() const { return exactZeros; }
  int64_t ignored() const { return notFinite; }
  int64_t total() const; ///< of finite values, zeros included
  double low() const { return first; }
  double high() const { return first + width * static_cast<double>(counts.size()); }
  double binWidth() const { return width; }

private:
  double first = 0, width = 0;
  std::vector<int64_t> counts;
  int64_t exactZeros = 0, notFinite = 0;
};

/// What calibration knows of one tensor. Only the methods that say so need the histogram; its range is that of all
/// samples together.
struct TensorStatistics {
  std::vector<Extent> perSample; ///< in the order of the samples
  Histogram histogram;

  Extent all() const;
};

enum class RangeMethod {
  MinMax,     ///< all values
  Moving,     ///< moving average, over the samples, of their extremes
  Percentile, ///< without the given part of the values at the two ends together; needs the histogram
  Mse,        ///< least expected squared error of rounding and clipping; needs the histogram
  Entropy     ///< least Kullback-Leibler divergence of the quantised distribution; needs the histogram
};

/// "minmax", "moving", "percentile", "mse", "entropy".
std::optional<RangeMethod> rangeMethodNamed(std::string_view name);
std::string_view nameOf(RangeMethod method);

struct RangeOptions {
  double movingWeight = 0.05; ///< of a new sample in the moving average, in (0, 1]
  double percentile = 99.99;  ///< of the values that stay inside, in (0, 100]
};

/// The interval that `affineFor` should cover: part of [min, max] of all samples, with 0 added. A tensor without a
/// finite value gives [0, 0].
Interval chooseInterval(RangeMethod method, const RangeOptions &options, const TensorStatistics &statistics,
                        const Grid &grid);

/// Expected squared error of a value quantised with `affine`: of those in the histogram, taken as evenly distributed
/// inside each bin; exact zeros have none. Rounding inside what is covered, distance to its end outside.
double expectedSquaredError(const Histogram &histogram, const Affine &affine, const Grid &grid);

/// KL(P || Q) in nats: P is the histogram with what lies outside the covered range moved into its end bins; Q has the
/// same mass as the histogram in each quantisation step, spread evenly over the step's bins that aren't empty (S.
/// Migacz, "8-bit Inference with TensorRT", 2017, for any interval and zero point). Exact zeros are left out. Infinite
/// if a step is narrower than a bin: nothing could be told from Q, which would equal P.
double quantisationDivergence(const Histogram &histogram, const Affine &affine, const Grid &grid);

} // namespace burin::quantization
