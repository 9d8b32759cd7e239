#include "ir/nn/ops/IntegerEpilogue.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/ops/Constant.h"
#include "ir/numerics/FixedPoint.h"
#include "ir/numerics/TfLite.h"

#include "llvm/Support/MathExtras.h"
#include <cmath>

namespace burin::nn {
using namespace mlir;

IntegerWeights integerWeights(ConstantOp constant, quant::QuantizedType type, int64_t channels, int64_t depth,
                              WeightOrder order) {
  IntegerWeights out;
  out.channels = channels;
  out.depth = depth;
  const QuantParams params = quantParams(type);
  const bool isUnsigned = storageType(type).isUnsignedInteger();
  const int32_t shift = signedOffset(type);
  for (int64_t o = 0; o < channels; ++o) {
    out.scales.push_back(params.scales[params.axis < 0 ? 0 : o]);
    out.zeros.push_back(static_cast<int32_t>(params.zeros[params.axis < 0 ? 0 : o]) - shift);
  }
  ArrayRef<char> bytes = constant.bytes();
  out.values.resize(bytes.size());
  const bool channelMajor = order == WeightOrder::ChannelMajor;
  for (int64_t o = 0; o < channels; ++o)
    for (int64_t k = 0; k < depth; ++k) {
      const char byte = bytes[channelMajor ? o * depth + k : k * channels + o];
      const int32_t value = isUnsigned ? static_cast<int32_t>(static_cast<uint8_t>(byte)) : static_cast<int8_t>(byte);
      out.values[o * depth + k] = static_cast<int8_t>(value - shift);
    }
  out.asStored = channelMajor && !isUnsigned && type.getStorageTypeIntegralWidth() == 8;
  return out;
}

namespace {

/// The stored range of a type minus its zero point, extended by 0 (what padding contributes).
Interval centredRange(quant::QuantizedType type, int64_t zero) {
  auto [min, max] = storageRange(type);
  return {std::min<int64_t>(min - zero, 0), std::max<int64_t>(max - zero, 0)};
}

} // namespace

ChannelSums channelSums(const IntegerWeights &weights, quant::UniformQuantizedType x, ArrayRef<int64_t> bias) {
  ChannelSums sums;
  const Interval in = centredRange(x, x.getZeroPoint());
  for (int64_t o = 0; o < weights.channels; ++o) {
    int64_t positive = 0, negative = 0; // sums of the positive and of the negative w − zw
    for (int64_t k = 0; k < weights.depth; ++k) {
      const int64_t w = int64_t{weights.values[o * weights.depth + k]} - weights.zeros[o];
      (w > 0 ? positive : negative) += w;
    }
    const int64_t b = bias.empty() ? 0 : bias[o];
    sums.ranges.push_back({b + positive * in.min + negative * in.max, b + positive * in.max + negative * in.min});
    sums.bias.push_back(b - x.getZeroPoint() * (positive + negative));
  }
  return sums;
}

ChannelSums recentred(ChannelSums sums, const IntegerWeights &weights, int64_t less) {
  for (int64_t o = 0; o < weights.channels; ++o) {
    int64_t sum = 0;
    for (int64_t tap = 0; tap < weights.depth; ++tap)
      sum += weights.less(o, tap);
    sums.bias[static_cast<size_t>(o)] += less * sum;
  }
  return sums;
}

bool pairsFit(const IntegerWeights &weights) {
  for (int64_t o = 0; o < weights.channels; ++o)
    for (int64_t tap = 0; tap + 1 < weights.depth; tap += 2)
      if (weights.less(o, tap) == INT8_MIN && weights.less(o, tap + 1) == INT8_MIN)
        return false;
  return true;
}

std::optional<int64_t> commonZero(quant::QuantizedType type) {
  const QuantParams params = quantParams(type);
  return llvm::all_equal(params.zeros) ? std::optional(params.zeros.front()) : std::nullopt;
}

SmallVector<Interval> anyWeightsRanges(quant::UniformQuantizedType x, quant::QuantizedType w, int64_t depth,
                                       int64_t channels, ArrayRef<int64_t> bias) {
  const Interval a = centredRange(x, x.getZeroPoint()), b = centredRange(w, *commonZero(w));
  const int64_t min = depth * std::min(a.min * b.max, a.max * b.min);
  const int64_t max = depth * std::max(a.min * b.min, a.max * b.max);
  SmallVector<Interval> ranges;
  for (int64_t o = 0; o < channels; ++o) {
    const int64_t shift = bias.empty() ? 0 : bias[o];
    ranges.push_back({min + shift, max + shift});
  }
  return ranges;
}

int sumBits(ArrayRef<Interval> ranges, bool hasWord) {
  return !hasWord || llvm::all_of(ranges, [](Interval r) { return r.fits(32); }) ? 32 : 64;
}

std::string rangeProblem(ArrayRef<Interval> ranges, bool hasWord) {
  const int bits = hasWord ? 62 : 32;
  for (auto [o, r] : llvm::enumerate(ranges))
    if (!r.fits(bits))
      return "the sum of output channel " + std::to_string(o) + " can reach [" + std::to_string(r.min) + ", " +
             std::to_string(r.max) + "], which " + std::to_string(bits) + " bits don't hold";
  return "";
}

std::optional<Requantisation> requantisation(quant::UniformQuantizedType x, ArrayRef<float> weightScales,
                                             ArrayRef<Interval> ranges, quant::UniformQuantizedType y, Clamp clamp,
                                             bool hasWord) {
  Requantisation r;
  r.zero = static_cast<int32_t>(y.getZeroPoint());
  std::tie(r.lo, r.hi) = clampRange(y, clamp.lo, clamp.hi);
  for (auto [scale, range] : llvm::zip_equal(weightScales, ranges)) {
    if (hasWord) {
      const auto m =
          numerics::nearestFixedPoint(static_cast<float>(x.getScale()), scale, static_cast<float>(y.getScale()));
      r.mult.push_back(m.mult);
      r.shift.push_back(m.shift);
      continue;
    }
    const float product = static_cast<float>(x.getScale()) * scale;
    const float quotient = product / static_cast<float>(y.getScale());
    if (!std::isfinite(quotient))
      return std::nullopt;
    const numerics::Multiplier m = numerics::solveMultiplier(quotient, range.min, range.max, r.zero, r.lo, r.hi);
    r.mult.push_back(m.mult);
    r.shift.push_back(m.shift);
  }
  return r;
}

std::optional<Requantisation> fineRequantisation(quant::UniformQuantizedType x, ArrayRef<float> weightScales,
                                                 ArrayRef<Interval> ranges, ArrayRef<double> rest,
                                                 quant::UniformQuantizedType y, Clamp clamp) {
  Requantisation r;
  r.zero = static_cast<int32_t>(y.getZeroPoint());
  std::tie(r.lo, r.hi) = clampRange(y, clamp.lo, clamp.hi);
  const auto sx = static_cast<float>(x.getScale()), sy = static_cast<float>(y.getScale());
  for (auto [sw, range, part] : llvm::zip_equal(weightScales, ranges, rest)) {
    const double scale = static_cast<double>(sx) * static_cast<double>(sw) / static_cast<double>(sy);
    const auto m = numerics::solveFine(scale, part, range.min, range.max, r.zero, r.lo, r.hi);
    if (!m)
      return std::nullopt;
    r.mult.push_back(m->mult);
    r.shift.push_back(m->shift);
    r.offset.push_back(m->offset);
  }
  return r;
}

Requantisation tfliteRequantisation(quant::UniformQuantizedType x, ArrayRef<float> weightScales,
                                    quant::UniformQuantizedType y, Clamp clamp, bool asFloat) {
  Requantisation r;
  r.zero = static_cast<int32_t>(y.getZeroPoint());
  std::tie(r.lo, r.hi) = clampRange(y, clamp.lo, clamp.hi);
  const auto sx = static_cast<float>(x.getScale()), sy = static_cast<float>(y.getScale());
  for (float sw : weightScales) {
    const double product = asFloat ? static_cast<double>(sx * sw) : static_cast<double>(sx) * static_cast<double>(sw);
    const numerics::tflite::Scale scale = numerics::tflite::scaleOf(product / static_cast<double>(sy));
    r.mult.push_back(scale.mult);
    r.shift.push_back(scale.shift);
  }
  return r;
}

std::optional<numerics::Ratio> averageRatio(quant::UniformQuantizedType x, quant::UniformQuantizedType y,
                                            int64_t taps) {
  // What brn_avg_pool_row_* asks for: 8-bit sums within int32, num * sum and den * taps below 2^62.
  auto [min, max] = storageRange(x);
  const int64_t largestSum = (int64_t{max} - min) * taps;
  if (!hasWordType({x, y}) && largestSum > INT32_MAX)
    return std::nullopt;
  return numerics::exactRatio(static_cast<float>(x.getScale()), static_cast<float>(y.getScale()),
                              llvm::Log2_64_Ceil(largestSum + 1) + 1, llvm::Log2_64_Ceil(taps + 1) + 1);
}

bool isWeightType(RankedTensorType type, int64_t channelAxis, unsigned maxBits) {
  auto q = dyn_cast<quant::QuantizedType>(type.getElementType());
  if (!q || !isa<quant::UniformQuantizedType, quant::UniformQuantizedPerAxisType>(q))
    return false;
  const QuantParams params = quantParams(q);
  const bool axisFits = params.axis < 0 || (params.axis == channelAxis &&
                                            static_cast<int64_t>(params.scales.size()) == type.getDimSize(channelAxis));
  return q.getStorageTypeIntegralWidth() <= maxBits && hasUsableParams(q) && axisFits;
}

} // namespace burin::nn
